/** Finds in the documents what they tell users to write. */
import { readFileSync } from 'node:fs';

/** The first part of a document that a pattern's group finds. `path` is relative to the repository. */
export function partOf(path: string, pattern: RegExp): string {
  const [, found] = pattern.exec(readFileSync(path, 'utf8')) ?? [];
  if (found === undefined) throw new Error(`${path} has nothing like ${pattern}`);
  return found;
}
