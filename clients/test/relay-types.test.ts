/** Relay's compiler with the configuration to copy: every scalar has a type, and decimals keep their digits. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const compiler: string = createRequire(import.meta.url)('relay-compiler');
const schema = readFileSync('schema.graphql', 'utf8');
const documents = readFileSync('clients/relay/balances.graphql', 'utf8');

/** Compiles in a folder of its own. Returns what the compiler says, and the types of the fragment if there are any. */
function compile(
  schemaText: string,
  text: string,
): { readonly output: string; readonly types: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'relay-types-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'schema.graphql'), schemaText);
  writeFileSync(join(folder, 'src/Balances.ts'), `graphql\`${text}\`;\n`);
  copyFileSync('clients/relay/relay.config.json', join(folder, 'relay.config.json'));
  const { stdout, stderr } = spawnSync(compiler, ['--output', 'quiet-with-errors'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const artifact = join(folder, 'src/__generated__/Balances_customer.graphql.ts');
  return { output: stdout + stderr, types: () => readFileSync(artifact, 'utf8') };
}

it('types decimals as texts of digits', () => {
  const { output, types } = compile(schema, documents);
  expect(output).toBe('');
  expect(types()).toMatch(/readonly closingBalance: `\$\{number\}`;/);
});

it('refuses a scalar that has no type', () => {
  const later = `${schema}\nscalar Colour\nextend type Customer { colour: Colour }\n`;
  const { output } = compile(later, documents.replace('firstName', 'firstName colour'));
  expect(output).toContain("Expected the JS type for 'Colour' to be defined");
});
