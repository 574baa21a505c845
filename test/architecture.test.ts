/** Every source follows the house rules, and the judge finds what breaks them. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judgeSources, type SourceFile } from './architecture-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const readSources = (folder: string): readonly SourceFile[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.ts') && !/\/(generated|gql|node_modules)\//.test(path))
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));

const header = '/** What it is for. */\n';
const judge = (path: string, text: string) => judgeSources([{ path, text: header + text }]);

describe('the sources', () => {
  it('are found', () => {
    expect(readSources('src').length).toBeGreaterThan(50);
  });

  it.each(['src', 'test', '.ci', 'bench', 'clients', 'examples/testing'])(
    'hold to the house rules in %s',
    (folder) => {
      expect(judgeSources(readSources(folder))).toEqual([]);
    },
  );
});

describe('the judge', () => {
  it.each([
    ['src/main.ts', "import { a } from './gateway.ts';"],
    ['src/gateway.ts', "import { a } from './gateway/a.ts';\nimport 'graphql-yoga';"],
    ['src/gateway/a.ts', "import type { A } from '../upstream/a.ts';"],
    ['src/ledger/sealing/a.ts', "import type { A } from '../list/window.ts';"],
    ['src/upstream/rest/a.ts', "import { A } from '../failure.ts';"],
    ['src/schema/a.ts', "import { a } from '../ledger/list/a.ts';\nimport b from '@pothos/core';"],
    [
      'src/ledger/reading/a.ts',
      "import { a } from '../../upstream/rest/refusal.ts';\nimport { b } from '../../errors.ts';",
    ],
    ['src/upstream/a.ts', "import { a } from 'undici/types/a.js';\nimport 'node:tls';"],
    ['src/sandbox/main.ts', 'process.exit(1);'],
    [
      'src/errors.ts',
      "// process.env, import 'x'\nexport const process_ = 'process.env', a = { process: 1 }.process;",
    ],
  ])('finds nothing wrong with %s: %s', (path, text) => {
    expect(judge(path, text)).toEqual([]);
  });

  it.each([
    ['src/upstream/a.ts', "import { a } from '../ledger/a.ts';"],
    ['src/ledger/list/a.ts', "import type { A } from '../../schema/a.ts';"],
    ['src/ledger/list/a.ts', "import type { A } from '../sealing/a.ts';"],
    ['src/upstream/rest/a.ts', "import type { A } from '../client.ts';"],
    ['src/ledger/a.ts', "export { a } from '../gateway.ts';"],
    ['src/schema/a.ts', "import {\n  a,\n} from '../upstream/a.ts';"],
    ['src/gateway.ts', "import { a } from './sandbox/a.ts';"],
    ['src/schema/a.ts', "const a = await import('../config.ts');"],
    ['src/telemetry/a.ts', "import { a } from '../config/a.ts';"],
    ['src/sandbox/a.ts', "import { a } from '../upstream/a.ts';"],
    ['src/sandbox/a.ts', "import '../../test/a.ts';"],
    ['src/ledger/a.ts', "import { a } from './b';"],
    ['src/ledger/a.ts', "import { GraphQLError } from 'graphql';"],
    ['src/upstream/a.ts', 'import DataLoader from "dataloader";'],
    ['src/schema/a.ts', "import { request } from 'undici';"],
    ['src/config.ts', "import { Registry } from 'prom-client';"],
    ['src/ledger/a.ts', "import _ from 'lodash/fp';"],
    ['src/ledger/a.ts', 'const a = process.env;'],
    ['src/ledger/a.ts', 'const { env } = process;'],
    ['src/config.ts', "import { env } from 'node:process';"],
    ['src/elsewhere/a.ts', ''],
    ['src/ledger/utils.ts', ''],
    ['test/helpers/a.ts', ''],
    ['test/a.ts', `// ${'TO'}DO: later`],
    ['.ci/a.ts', `// biome-${'ignore'} lint: because`],
  ])('finds one thing wrong with %s: %s', (path, text) => {
    expect(judge(path, text)).toEqual([
      expect.stringMatching(new RegExp(`^${path.replace(/\./g, '\\.')}: .`)),
    ]);
  });

  it('finds a file too long that has 401 lines', () => {
    expect(judge('test/a.ts', '\n'.repeat(399))).toEqual([]);
    expect(judge('test/a.ts', '\n'.repeat(400))).toHaveLength(1);
  });

  it('asks every file to begin by saying what it is for', () => {
    expect(judgeSources([{ path: 'test/a.ts', text: 'export const a = 1;\n' }])).toHaveLength(1);
  });
});
