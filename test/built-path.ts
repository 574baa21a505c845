/** Finds the bundle of a source, for tests that start it as a process. */

import { join } from 'node:path';
import { inject } from 'vitest';

/** The bundle of a source such as `src/main.ts`. */
export function builtPath(source: string): string {
  return join(inject('builtFolder'), source.replace(/\.ts$/, '.js'));
}
