/**
 * Prints the tables of settings, costs, error codes, members and faults into the documents, the story into requests/, and
 * the error codes into clients/. With `--check` it changes nothing, and fails if printing would change something or if a
 * link is broken.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from './document-sections.ts';
import { printErrorModule } from './error-module.ts';
import { brokenLinks, readDocuments } from './links.ts';
import { fillSections } from './markdown.ts';
import { printCollection } from './request-collection.ts';

const isCheck = process.argv.includes('--check');

const format = (path: string, text: string): string =>
  execFileSync('node_modules/.bin/biome', ['format', '--config-path=.ci', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
  });

/** The files that are printed as a whole. */
const wholeFiles: Readonly<Record<string, (path: string) => string>> = {
  'requests/ledger-balances.http': printCollection,
  'clients/error-codes.ts': (path) => format(path, printErrorModule()),
};

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const compareOrWrite = (path: string, text: string, wanted: string): void => {
  if (!isCheck) {
    writeFileSync(path, wanted);
  } else if (wanted !== text) {
    console.error(`${path} does not say what the sources say. Run: npm run readme`);
    process.exitCode = 1;
  }
};

for (const [path, sections] of Object.entries(documents)) {
  const text = readFileSync(path, 'utf8');
  compareOrWrite(path, text, fillSections(path, text, sections));
}
for (const [path, print] of Object.entries(wholeFiles)) compareOrWrite(path, readIfThere(path), print(path));

if (isCheck) {
  for (const finding of brokenLinks(readDocuments())) {
    console.error(finding);
    process.exitCode = 1;
  }
}
