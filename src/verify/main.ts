/** Runs the check of an upstream as a process. Exit codes: 0 as assumed, 1 not as assumed, 2 could not tell. */

import { readFileSync } from 'node:fs';
import { runCommand } from './command.ts';

process.exitCode = await runCommand({
  arguments: process.argv.slice(2),
  env: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
  say: (line) => void process.stdout.write(`${line}\n`),
});
