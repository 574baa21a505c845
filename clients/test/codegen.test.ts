/**
 * A stranger's front end: an empty folder with `schema.graphql` and the configuration to copy. The generated code compiles
 * with every strictness, and works with the gateway.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { situations } from '../../src/sandbox/demo/situations.ts';
import { type Harness, startHarness } from '../../test/gateway/harness.ts';
import config from '../codegen/codegen.ts';
import { compilerOptions, sources, wrongSources } from './stranger-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
const at = (path: string) => join(folder, path);

/** What a stranger installs. */
const packages = [
  '@graphql-codegen/cli',
  '@graphql-codegen/client-preset',
  '@graphql-typed-document-node/core',
  '@tanstack/react-query',
  'graphql',
  'graphql-request',
  'react',
];

/** Links a package as it is installed here, for the clients or for the root. */
function link(name: string): void {
  const installed = ['clients/node_modules', 'node_modules']
    .map((place) => resolve(place, name))
    .find(existsSync);
  mkdirSync(dirname(at(`node_modules/${name}`)), { recursive: true });
  symlinkSync(installed ?? name, at(`node_modules/${name}`), 'dir');
}

const write = (path: string, text: string) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};

/** What TypeScript says, by line. */
function compile(): readonly string[] {
  const compiler = resolve('node_modules/.bin/tsc');
  const { stdout } = spawnSync(compiler, ['-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

type FrontEnd = {
  readonly all: (value: string) => Promise<readonly string[]>;
  readonly promised: (value: string) => Promise<readonly string[]>;
  readonly refusal: (value: string) => Promise<number | undefined>;
};

/** Bundles the front end, as Vite does, and starts it. */
async function openFrontEnd({ gateway }: Harness): Promise<FrontEnd> {
  const outfile = at('dist/main.js');
  await build({
    entryPoints: [at('src/main.ts')],
    bundle: true,
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { createFrontEnd } = await import(outfile);
  const send: typeof fetch = (input, init) => gateway.fetch(new Request(input, init));
  return createFrontEnd('http://gateway.test/graphql', send);
}

const memberOf = (name: string) =>
  situations.flatMap((each) => (each.name === name && each.member ? [each.member] : []));

beforeAll(() => {
  for (const name of packages) link(name);
  write('package.json', '{ "private": true, "type": "module" }');
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  for (const [path, text] of Object.entries(sources)) write(path, text);
  copyFileSync('schema.graphql', at('schema.graphql'));
  copyFileSync('clients/codegen/codegen.ts', at('codegen.ts'));
  copyFileSync('clients/error-codes.ts', at('src/error-codes.ts'));
  const generator = at('node_modules/@graphql-codegen/cli/cjs/bin.js');
  execFileSync(process.execPath, [generator, '--silent'], {
    cwd: folder,
    stdio: 'pipe',
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the generated code', () => {
  it('compiles with every strictness, and refuses what does not fit the schema', () => {
    expect(compile()).toEqual([]);
    for (const [path, text] of Object.entries(wrongSources)) write(path, text);
    const complaints = compile();
    for (const path of Object.keys(wrongSources)) rmSync(at(path));
    expect(complaints.map((line) => line.replace(/[(:].*/, '')).sort()).toEqual(
      Object.keys(wrongSources).sort(),
    );
  });

  it('shows every digit of a decimal, filters by an enum, and reads the details of an error', async () => {
    const names = ['long-decimals', 'categories', 'refused'];
    const harness = await startHarness({ members: names.flatMap(memberOf) });
    const { all, promised, refusal } = await openFrontEnd(harness);
    expect(await all('long-decimals')).toEqual([
      'Main: 12,345,678,901,234,567,890.123',
      'Partner Points: 0.001',
      'Corrections: -0.5',
    ]);
    expect(await promised('categories')).toEqual(['Promised Points: 75']);
    expect(await refusal('refused')).toBe(1632);
    expect(harness.sandbox.callCount()).toBe(3);
  });

  it('has a list of its documents by hash, each of which the gateway runs', async () => {
    const harness = await startHarness({ members: memberOf('categories') });
    const documents: Record<string, string> = JSON.parse(
      readFileSync(at('src/gql/persisted-documents.json'), 'utf8'),
    );
    expect(Object.keys(documents)).toHaveLength(1);
    const variables = { identifier: { name: 'EXTERNAL_ID', value: 'categories' } };
    for (const [documentId, query] of Object.entries(documents)) {
      expect(documentId).toBe(`sha256:${createHash('sha256').update(query).digest('hex')}`);
      expect(readFileSync(at('src/gql/graphql.ts'), 'utf8')).toContain(documentId);
      const answer = await (await harness.post({ documentId, query, variables })).json();
      expect(answer.data.customer.ledgerBalance.edges).toHaveLength(3);
    }
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('the configuration', () => {
  it('refuses a schema with a scalar that has no type', async () => {
    const schema = `${readFileSync('schema.graphql', 'utf8')}\nscalar Colour\nextend type Customer { colour: Colour }`;
    const documents = 'query Colour { nodes(ids: []) { id ... on Customer { colour } } }';
    const refused = generate({ ...config, schema, documents, silent: true }, false);
    await expect(refused).rejects.toThrow('Unknown scalar type Colour');
  });
});
