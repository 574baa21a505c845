/** Finds examples in the documents. */
import { readFileSync } from 'node:fs';

/** The first match of the pattern's group in a document. `path` is relative to the repository. */
export function partOf(path: string, pattern: RegExp): string {
  const [, found] = pattern.exec(readFileSync(path, 'utf8')) ?? [];
  if (found === undefined) throw new Error(`${path} has nothing like ${pattern}`);
  return found;
}
