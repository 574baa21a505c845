/**
 * Prints settings and error codes into README.md; with `--check` changes nothing and fails if that would
 * change something.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fillSections } from './readme-sections.ts';

const readme = readFileSync('README.md', 'utf8');
const filled = fillSections(readme);
if (!process.argv.includes('--check')) {
  writeFileSync('README.md', filled);
} else if (filled !== readme) {
  console.error('README.md does not say what the sources say. Run: npm run readme');
  process.exitCode = 1;
}
