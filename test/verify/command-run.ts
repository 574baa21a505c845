/** Runs the command as a function against any upstream, and collects its lines. */

import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { runCommand } from '../../src/verify/command.ts';

const { user, password } = demoCredentials.basic;

/** The customer that tests ask for by default. */
export const mobile = '447700900123';

/** Runs the command with the sandbox's service credentials. `env` replaces settings. */
export async function runVerify(
  url: string,
  given: readonly string[] = ['--mobile', mobile],
  env: Readonly<Record<string, string>> = {},
) {
  const lines: string[] = [];
  const exitCode = await runCommand({
    arguments: given,
    env: { UPSTREAM_URL: url, UPSTREAM_BASIC_USER: user, UPSTREAM_BASIC_PASSWORD: password, ...env },
    readFile: () => 'from-a-file',
    say: (line) => lines.push(line),
  });
  return { exitCode, text: lines.join('\n') };
}
