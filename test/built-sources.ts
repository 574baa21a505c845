/** Bundles, once for a whole run, what tests start as processes of their own: it is what an operator runs. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundle } from '../.ci/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the bundles are, in folders as their sources. */
    readonly builtFolder: string;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Below `node_modules`, so that packages are found from there. Each run has its own, for several can go on at once. */
const cache = join(root, 'node_modules/.cache');
const folders: string[] = [];

const programs = [
  'src/main.ts',
  'src/sandbox/main.ts',
  'src/verify/main.ts',
  'test/store/redis-hammer.ts',
  'test/abuse/hostile-run.ts',
];

/** Run by vitest before the first test. Types are not checked: that is a check of its own. */
export async function setup({ provide }: TestProject): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'built-for-tests-'));
  folders.push(folder);
  await bundle(programs, '.', folder);
  provide('builtFolder', folder);
}

/** Run by vitest after the last test. */
export function teardown(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}
