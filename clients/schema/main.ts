/**
 * `npm run schema:check` fails when `schema.graphql` breaks a client of the released schema, or breaks a rule.
 * `npm run operations:check` fails when an operation of `clients/` or of the example breaks a rule. They are two runs, because
 * graphql-eslint reads one schema a process.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { compareSchemas } from './changes.ts';
import { lintOperations, lintSchema } from './lint.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** Relay's own compiler judges its documents, whose directives only it knows. */
const notJudged = /(^|\/)(gql|node_modules|relay|test)\//;

/** The files with operations in a folder. */
const operationFilesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !notJudged.test(path))
    .map((path) => `${folder}/${path}`)
    .filter((path) => read(path).includes('graphql(`'));

/** Those that a front end copies, and those of the example. */
const operationFiles = (): readonly string[] => ['clients', 'examples/web/src'].flatMap(operationFilesIn);

async function judgeSchema(): Promise<readonly string[]> {
  const schema = read('schema.graphql');
  const { breaking, others } = await compareSchemas(read('clients/schema/released.graphql'), schema);
  for (const change of others) console.log(`New since the release: ${change}`);
  return [
    ...breaking.map((change) => `Breaks clients of the released schema: ${change}`),
    ...(await lintSchema(schema)),
  ];
}

const findings =
  process.argv[2] === 'operations'
    ? await lintOperations(operationFiles(), process.cwd())
    : await judgeSchema();
for (const finding of findings) console.error(finding);
process.exitCode = findings.length === 0 ? 0 : 1;
