/** What `npm run schema:check` and `npm run operations:check` let pass, and what they refuse. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compareSchemas } from '../schema/changes.ts';
import { lintOperations, lintSchema } from '../schema/lint.ts';

const schema = readFileSync('schema.graphql', 'utf8');

/** The schema with one part replaced. */
function changed(part: string, by: string): string {
  expect(schema.split(part)).toHaveLength(2);
  return schema.replace(part, () => by);
}

/** A folder with these files, by path. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'schema-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'clients/schema'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

/** The status and the output of the check, with this schema in place of the released one's successor. */
function check(later: string): readonly [status: number | null, output: string] {
  const folder = folderOf({ 'schema.graphql': later, 'clients/schema/released.graphql': schema });
  const tsx = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href;
  const program = resolve('clients/schema/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', tsx, program], {
    cwd: folder,
    encoding: 'utf8',
    env: {},
  });
  return [status, stdout + stderr];
}

const withoutMartjack = /\n {2}"""Registered through the MartJack web shop\."""\n {2}MARTJACK/;
const till = '\n"""A till."""\ntype Till {\n  """Its name."""\n  name: String!\n}\n';
const newField = 'type Query {\n  """The number of customers."""\n  count: Int\n';

const breaks: readonly (readonly [string, string])[] = [
  ['a field that is gone', changed('  totalCount: Int!\n', '  total: Int!\n')],
  ['a field that can be null now', changed('  userId: ID!\n', '  userId: ID\n')],
  ['a field of another type', changed('  closingBalance: Decimal!\n', '  closingBalance: Float!\n')],
  [
    'an argument that is gone',
    changed('    """The balance as seen from this till."""\n    tillId: ID\n', ''),
  ],
  ['an argument that is required now', changed('    tillId: ID\n', '    tillId: ID!\n')],
  ['an enum value that is gone', schema.replace(withoutMartjack, '')],
  [
    'another default of an argument',
    changed('includeAllCurrencies: Boolean = false', 'includeAllCurrencies: Boolean = true'),
  ],
  ['another default of an input field', changed('CustomerSource = INSTORE', 'CustomerSource = ALL')],
];

const additions: readonly (readonly [string, string])[] = [
  ['a field', changed('type Query {\n', newField)],
  [
    'an optional argument',
    changed('    tillId: ID\n', '    tillId: ID\n    """By name."""\n    tillName: String\n'),
  ],
  ['an enum value', changed('  MARTJACK\n', '  MARTJACK\n  """By post."""\n  POST\n')],
  [
    'a field that is never null now',
    changed('  warnings: [LedgerWarning!]!\n', '  warnings: [LedgerWarning!]!\n  more: Boolean!\n'),
  ],
  ['other words in a description', changed('"""Last name. Null', '"""Family name. Null')],
  [
    'a deprecation',
    changed('  programName: String\n', '  programName: String @deprecated(reason: "Later.")\n'),
  ],
];

describe('a change since the released schema', () => {
  it.each(breaks)('breaks clients: %s', async (_, later) => {
    expect((await compareSchemas(schema, later)).breaking).toHaveLength(1);
  });

  it.each(additions)('breaks no client: %s', async (_, later) => {
    const { breaking, others } = await compareSchemas(schema, later);
    expect([breaking, others.length > 0]).toEqual([[], true]);
  });

  // `npm run schema:check` itself shows that the check can pass.
  it('fails the check when it breaks clients', () => {
    expect(check(changed('  userId: ID!\n', '  userId: ID\n'))).toEqual([
      1,
      "Breaks clients of the released schema: Field 'Customer.userId' changed type from 'ID!' to 'ID'\n",
    ]);
  });
});

describe('the rules for the schema', () => {
  it.each([
    [
      'a field without a description',
      changed('"""Last name. Null when it is not known."""\n', ''),
      'require-description',
    ],
    [
      'a field with an underscore',
      changed('  lastName: String\n', '  last_name: String\n'),
      'naming-convention',
    ],
    [
      'a connection whose edges can be null',
      changed('edges: [LedgerBalanceEdge!]!', 'edges: LedgerBalanceEdge'),
      'relay-connection-types',
    ],
    [
      'a connection without pageInfo',
      changed('  pageInfo: PageInfo!\n', '  page: PageInfo!\n'),
      'relay-connection-types',
    ],
    ['an edge without a cursor', changed('  cursor: String!\n', '  mark: String!\n'), 'relay-edge-types'],
    ['a list without `after`', changed('    after: String\n', '    behind: String\n'), 'relay-arguments'],
    [
      'a hasNextPage that can be null',
      changed('  hasNextPage: Boolean!\n', '  hasNextPage: Boolean\n'),
      'relay-page-info',
    ],
    [
      'a type without an id',
      changed('type Query {\n', 'type Query {\n  """A till."""\n  till: Till\n').concat(till),
      'strict-id-in-types',
    ],
  ])('refuse %s', async (_, wrong, rule) => {
    expect(await lintSchema(wrong)).toContainEqual(expect.stringContaining(`(@graphql-eslint/${rule})`));
  });

  it('are kept by the schema', async () => {
    expect(await lintSchema(schema)).toEqual([]);
  });
});

describe('the rules for operations', () => {
  const lint = (operation: string) => {
    const code = `export const operation: string = graphql(\`${operation}\`);\n`;
    return lintOperations(['operation.ts'], folderOf({ 'schema.graphql': schema, 'operation.ts': code }));
  };
  const selecting = (fields: string) =>
    `query Balances($identifier: CustomerIdentifierInput!) { customer(identifier: $identifier) { ${fields} } }`;

  it.each([
    ['an unknown field', selecting('id nick'), 'fields-on-correct-type'],
    ['a customer without its id, which caches need', selecting('lastName'), 'require-selections'],
    ['a variable that nothing uses', selecting('id').replace('!)', '!, $more: Int)'), 'no-unused-variables'],
    ['an operation without a name', selecting('id').replace('Balances', ''), 'no-anonymous-operations'],
  ])('refuse %s', async (_, operation, rule) => {
    expect(await lint(operation)).toEqual([expect.stringContaining(`(@graphql-eslint/${rule})`)]);
  });

  it('let a good operation pass', async () => {
    expect(await lint(selecting('id lastName'))).toEqual([]);
  });
});
