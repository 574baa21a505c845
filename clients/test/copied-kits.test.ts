/** The kits, copied into a stranger's front end: they compile with every strictness beside what the generator writes there. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CodegenConfig, generate } from '@graphql-codegen/cli';
import { expect, it, onTestFinished } from 'vitest';
import config from '../codegen/codegen.ts';
import { compilerOptions } from './stranger-sources.ts';

const copied = ['notice.ts', 'operations.ts', 'apollo', 'fetch', 'relay', 'tanstack', 'urql'];

it('compile as they are, beside the types of the configuration to copy', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copied-kits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  for (const name of copied) cpSync(`clients/${name}`, join(folder, 'src', name), { recursive: true });
  symlinkSync(resolve('clients/node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const options = { ...compilerOptions, allowImportingTsExtensions: true, types: ['node'] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['src'] }),
  );

  const { './src/gql/': output } = config.generates;
  const here: CodegenConfig = {
    ...config,
    schema: resolve('schema.graphql'),
    documents: join(folder, 'src/operations.ts'),
    generates: { [join(folder, 'src/gql/')]: output ?? {} },
  };
  await generate({ ...here, silent: true });

  const compiler = resolve('node_modules/.bin/tsc');
  const { stdout } = spawnSync(compiler, ['-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toBe('');
});
