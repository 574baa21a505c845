/**
 * Prints what is said twice from where it is said first: settings, costs and error codes into README.md, members
 * and faults into docs/sandbox.md, the story into requests/. With `--check` changes nothing and fails if that
 * would change something.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fillSections } from './readme-sections.ts';
import { printCollection } from './request-collection.ts';
import { sandboxSections } from './sandbox-sections.ts';

const guide = 'docs/sandbox.md';
const printers: Readonly<Record<string, (text: string) => string>> = {
  'README.md': (text) => fillSections(text),
  [guide]: (text) => fillSections(text, sandboxSections, guide),
  'requests/ledger-balances.http': printCollection,
};

for (const [path, print] of Object.entries(printers)) {
  const text = readFileSync(path, 'utf8');
  const printed = print(text);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, printed);
  } else if (printed !== text) {
    console.error(`${path} does not say what the sources say. Run: npm run readme`);
    process.exitCode = 1;
  }
}
