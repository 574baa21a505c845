/** Runs the command as a function, against any upstream, and keeps what it says. */

import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { runCommand } from '../../src/verify/command.ts';

const { user, password } = demoCredentials.basic;

/** The customer that tests ask for, unless they ask for another. */
export const mobile = '447700900123';

/** Runs it with the sandbox's service credentials. `env` overrides what it names. */
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
