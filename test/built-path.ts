/** Where the compiled form of a source is, for tests that start it as a process. */

import { join } from 'node:path';
import { inject } from 'vitest';

/** From a path below the top level, such as `src/main.ts`, to the compiled file. */
export function builtPath(source: string): string {
  return join(inject('builtFolder'), source.replace(/\.ts$/, '.js'));
}
