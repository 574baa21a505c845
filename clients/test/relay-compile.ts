/** Compiles documents with Relay's own compiler against `schema.graphql`, and loads what it generates. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConcreteRequest, ReaderFragment } from 'relay-runtime';

const require = createRequire(import.meta.url);
/** Path of the compiler, which is a program for this platform. */
const compiler: string = require('relay-compiler');

const settings = {
  src: './src',
  schema: './schema.graphql',
  artifactDirectory: './generated',
  language: 'javascript',
  eagerEsModules: false,
};

/** The documents of the kit, and the same with `last` and `before`. */
const kitDocuments = readFileSync(new URL('../relay/balances.graphql', import.meta.url), 'utf8');
export const documents = {
  forward: kitDocuments,
  backward: kitDocuments.replace('first:', 'last:').replace('after:', 'before:'),
} as const;

/** A compiled query, and the fragment that it spreads. */
export type Compiled = { readonly query: ConcreteRequest; readonly fragment: ReaderFragment };

/**
 * Compiles `BalancesQuery` and `Balances_customer` of `documents` in a temporary folder. Throws the compiler's message
 * when it refuses them.
 */
export function compileRelay(documents: string): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'relay-documents-'));
  try {
    for (const name of ['src', 'generated']) mkdirSync(join(folder, name));
    copyFileSync('schema.graphql', join(folder, 'schema.graphql'));
    writeFileSync(join(folder, 'src/Balances.js'), `graphql\`${documents}\`;\n`);
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(settings));
    execFileSync(compiler, ['--output', 'quiet-with-errors'], { cwd: folder, stdio: 'pipe' });
    const load = (name: string) => require(join(folder, `generated/${name}.graphql.js`));
    return { query: load('BalancesQuery'), fragment: load('Balances_customer') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
