/**
 * Prints the tables of settings, costs, error codes, members and faults into the documents, and the story into
 * requests/. With `--check` it changes nothing, and fails if printing would change something or if a link is broken.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from './document-sections.ts';
import { brokenLinks, readDocuments } from './links.ts';
import { fillSections } from './markdown.ts';
import { printCollection } from './request-collection.ts';

const isCheck = process.argv.includes('--check');

const printed = (path: string, text: string): string => {
  const sections = documents[path];
  return sections === undefined ? printCollection() : fillSections(path, text, sections);
};

for (const path of [...Object.keys(documents), 'requests/ledger-balances.http']) {
  const text = readFileSync(path, 'utf8');
  const wanted = printed(path, text);
  if (!isCheck) {
    writeFileSync(path, wanted);
  } else if (wanted !== text) {
    console.error(`${path} does not say what the sources say. Run: npm run readme`);
    process.exitCode = 1;
  }
}

if (isCheck) {
  for (const finding of brokenLinks(readDocuments())) {
    console.error(finding);
    process.exitCode = 1;
  }
}
