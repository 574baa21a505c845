/**
 * Compiles, once for a whole run, what tests start as processes of their own: they start in half the time that they
 * would need to compile themselves, each anew, and are what an operator runs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the compiled files are, in folders as their sources. */
    readonly builtFolder: string;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Below `node_modules`, so that packages are found from there. Each run has its own, for several can go on at once. */
const cache = join(root, 'node_modules/.cache');
const folders: string[] = [];

/** Run by vitest before the first test. Types are not checked: that is a check of its own. */
export function setup({ provide }: TestProject): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'built-for-tests-'));
  folders.push(folder);
  const compiler = join(root, 'node_modules/.bin/tsc');
  execFileSync(compiler, ['-p', join(root, 'test/processes.tsconfig.json'), '--noCheck', '--outDir', folder]);
  provide('builtFolder', folder);
}

/** Run by vitest after the last test. */
export function teardown(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}
