/** Runs the check of an upstream as a process. `advice.ts` explains the exit codes. */

import { readFileSync } from 'node:fs';
import { runCommand } from './command.ts';

// A reader that stops early, as `head` does, still gets the exit code.
process.stdout.on('error', () => {});

try {
  process.exitCode = await runCommand({
    arguments: process.argv.slice(2),
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    say: (line) => void process.stdout.write(`${line}\n`),
  });
} catch (error) {
  // Node would end with 1, which says that positions are not fixed.
  process.stderr.write(`verify-upstream: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
