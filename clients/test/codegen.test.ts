/** The code generator's configuration in docs/clients.md has a type for every scalar of the schema. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CodegenConfig, generate } from '@graphql-codegen/cli';
import { expect, it, onTestFinished } from 'vitest';
import { partOf } from '../../test/document-parts.ts';

const operation = `
  query Balances($until: LocalDateTime, $till: ID) {
    customer(identifier: { name: MOBILE, value: "1" }) {
      ledgerBalance(endDate: $until, tillId: $till) { nodes { closingBalance } }
    }
  }
`;

/** The configuration as a value. Everything in it is a literal. */
function shownConfig(): CodegenConfig {
  const literal = partOf('docs/clients.md', /const config: CodegenConfig = (\{[\s\S]*?\n\});/);
  return new Function(`return ${literal}`)() as CodegenConfig;
}

it('types decimals, moments and ids as strings', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codegen-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const documents = join(folder, 'balances.graphql');
  writeFileSync(documents, operation);
  const schema = readFileSync('schema.graphql', 'utf8');
  const files: { readonly content: string }[] = await generate(
    { ...shownConfig(), schema, documents, silent: true },
    false,
  );
  const types = files.map(({ content }) => content).join('\n');
  expect(types).toMatch(/closingBalance: `\$\{number\}`/);
  expect(types).toMatch(/until\?: string \|/);
  expect(types).toMatch(/till\?: string \|/);
});
