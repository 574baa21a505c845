/** Finds in README.md what it tells users to write. */
import { readFileSync } from 'node:fs';

const readme = readFileSync('README.md', 'utf8');

/** The first part of the README that a pattern's group finds. */
export function fromReadme(pattern: RegExp): string {
  const [, found] = pattern.exec(readme) ?? [];
  if (found === undefined) throw new Error(`README.md has nothing like ${pattern}`);
  return found;
}
