/** Judges the schema and the operations of the clients with graphql-eslint. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';
import { ESLint, type Linter } from 'eslint';
import { operationRules, schemaRules } from './rules.ts';

/** Rules for documents of GraphQL. `graphQLConfig` says where the schema and the documents are. */
const configFor = (rules: Readonly<Linter.RulesRecord>, graphQLConfig: object): Linter.Config => ({
  files: ['**/*.graphql'],
  plugins: { '@graphql-eslint': graphql as unknown as ESLint.Plugin },
  languageOptions: { parser: graphql.parser as Linter.Parser, parserOptions: { graphQLConfig } },
  rules: { ...rules },
});

const findingsOf = (results: readonly ESLint.LintResult[], folder: string): readonly string[] =>
  results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, column, message, ruleId }) =>
        `${filePath.slice(folder.length + 1)}:${line}:${column} ${message} (${ruleId})`,
    ),
  );

/**
 * Judges a schema. Relay's rules know a connection by its name, and ours has another: they judge a copy in which it is
 * called LedgerBalanceConnection, so that they miss nothing.
 */
export async function lintSchema(schema: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'));
  try {
    writeFileSync(
      join(folder, 'schema.graphql'),
      schema.replace(/\bLedgerBalance\b/g, 'LedgerBalanceConnection'),
    );
    const config = configFor(schemaRules, { schema: join(folder, 'schema.graphql') });
    const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: config });
    return findingsOf(await eslint.lintFiles(['schema.graphql']), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Stands for the code around operations, which biome judges. */
const noCode = (text: string) => {
  const loc = { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };
  return {
    type: 'Program',
    sourceType: 'module',
    body: [],
    comments: [],
    tokens: [],
    range: [0, text.length],
    loc,
  };
};

/** Judges the operations in files of TypeScript. They are named from a folder with a `schema.graphql`. */
export async function lintOperations(files: readonly string[], folder: string): Promise<readonly string[]> {
  const graphQLConfig = {
    schema: join(folder, 'schema.graphql'),
    documents: files.map((file) => join(folder, file)),
  };
  const code: Linter.Config = {
    files: ['**/*.{ts,tsx}'],
    processor: graphql.processor as Linter.Processor,
    languageOptions: { parser: { parse: noCode } as unknown as Linter.Parser },
  };
  const overrideConfig = [code, configFor(operationRules, graphQLConfig)];
  const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig });
  return findingsOf(await eslint.lintFiles([...files]), folder);
}
