/** Bundles once for each test run what tests start as processes, as for operators. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundle } from '../.ci/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the bundles. Below it they have the folders of their sources. */
    readonly builtFolder: string;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Below `node_modules`, so that bundles find packages. Each run has its own folder, because runs can overlap. */
const cache = join(root, 'node_modules/.cache');
const folders: string[] = [];

const programs = [
  'src/main.ts',
  'src/sandbox/main.ts',
  'src/verify/main.ts',
  'test/crashing-request.ts',
  'test/store/redis-hammer.ts',
  'test/abuse/hostile-run.ts',
];

/** vitest calls this before the first test. */
export async function setup({ provide }: TestProject): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'built-for-tests-'));
  folders.push(folder);
  await bundle(programs, '.', folder);
  provide('builtFolder', folder);
}

/** vitest calls this after the last test. */
export function teardown(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}
