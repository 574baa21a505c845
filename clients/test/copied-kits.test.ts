/** The kits, copied into a stranger's front end: they compile with every strictness beside what the generator writes there. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CodegenConfig, generate } from '@graphql-codegen/cli';
import { expect, it, onTestFinished } from 'vitest';
import config from '../codegen/codegen.ts';
import { compilerOptions } from './stranger-sources.ts';

const relayCompiler: string = createRequire(import.meta.url)('relay-compiler');

/** A front end with these kits in `src/`. */
function copyKits(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'copied-kits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  for (const name of names) cpSync(`clients/${name}`, join(folder, 'src', name), { recursive: true });
  symlinkSync(resolve('clients/node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const options = { ...compilerOptions, allowImportingTsExtensions: true, types: ['node'] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['src'] }),
  );

  return folder;
}

/** What TypeScript says. */
function compile(folder: string): string {
  const compiler = resolve('node_modules/.bin/tsc');
  return spawnSync(compiler, ['-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' }).stdout;
}

it('compile as they are, beside the types of the configuration to copy', async () => {
  const folder = copyKits('notice.ts', 'operations.ts', 'apollo', 'fetch', 'tanstack', 'urql');
  const { './src/gql/': output } = config.generates;
  const here: CodegenConfig = {
    ...config,
    schema: resolve('schema.graphql'),
    documents: join(folder, 'src/operations.ts'),
    generates: { [join(folder, 'src/gql/')]: output ?? {} },
  };
  await generate({ ...here, silent: true });

  expect(compile(folder)).toBe('');
});

const relayList = `
import fragment, { type Balances_customer$key } from './__generated__/Balances_customer.graphql.ts';
import { useBalances } from './relay/use-balances.ts';

export function useDigits(customer: Balances_customer$key): readonly string[] {
  return useBalances(fragment, customer).edges.map(({ node }) => node.closingBalance);
}
`;

it('of Relay compiles with what its compiler writes alone, and gives the fields of the fragment', () => {
  const folder = copyKits('notice.ts', 'relay');
  cpSync('schema.graphql', join(folder, 'schema.graphql'));
  cpSync('clients/relay/relay.config.json', join(folder, 'relay.config.json'));
  const [query, fragment] = readFileSync('clients/relay/balances.graphql', 'utf8').split(/\n(?=fragment)/);
  const documents = `import { graphql } from 'relay-runtime';\ngraphql\`${query}\`;\ngraphql\`${fragment}\`;\n`;
  rmSync(join(folder, 'src/relay/balances.graphql'));
  writeFileSync(join(folder, 'src/balances.ts'), documents);
  writeFileSync(join(folder, 'src/list.ts'), relayList);
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(relayCompiler, ['--output', 'quiet-with-errors'], options);
  expect(stdout + stderr).toBe('');
  expect(compile(folder)).toBe('');
});
