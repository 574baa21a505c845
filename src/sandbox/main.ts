/** Runs the sandbox alone: reads its settings, listens, says what to try, and stops on SIGTERM or SIGINT. */

import { writeBanner } from './banner.ts';
import { startSandbox } from './server.ts';
import { readSettings } from './settings.ts';

async function main(): Promise<void> {
  const reading = readSettings(process.env);
  if ('problems' in reading) return fail(reading.problems);
  const sandbox = await startSandbox(reading.options);
  // A second signal finds no listener of ours and ends the process at once, as is the custom.
  process.once('SIGTERM', () => void sandbox.close());
  process.once('SIGINT', () => void sandbox.close());
  process.stdout.write(writeBanner(sandbox.url));
}

function fail(problems: readonly string[]): void {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}

main().catch((error: unknown) =>
  fail([`sandbox: ${error instanceof Error ? error.message : String(error)}`]),
);
