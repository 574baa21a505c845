/** Runs the sandbox as a process of its own: reads its settings, listens, prints what to try, ends on a signal. */

import { demoCredentials } from './endpoint/credentials.ts';
import { ledgerPath, tokenPath } from './endpoint/endpoint.ts';
import { startSandbox } from './server.ts';
import { readSettings } from './settings.ts';

async function main(): Promise<void> {
  const reading = readSettings(process.env);
  const problems = 'problems' in reading ? reading.problems : [];
  if (!('options' in reading) || reading.unknown.length > 0) return fail([...reading.unknown, ...problems]);
  const sandbox = await startSandbox(reading.options);
  // A second signal finds no listener and ends the process at once, as is the custom.
  process.once('SIGTERM', () => void sandbox.close());
  process.once('SIGINT', () => void sandbox.close());
  process.stdout.write(writeBanner(sandbox.url));
}

/** What to try, with the URL of the running sandbox. Every command runs as it stands. */
function writeBanner(url: string): string {
  const { basic, oauth } = demoCredentials;
  return `
  Sandbox of the ledger endpoint   ${url}

  Credentials   Basic  ${basic.user} / ${basic.password}
                OAuth  key ${oauth.key}, secret ${oauth.secret} (POST ${tokenPath})

  Ask           curl -u ${basic.user}:${basic.password} '${url}${ledgerPath}?identifierName=mobile&identifierValue=447700900001&source=INSTORE'
  Who is who    curl ${url}/_sandbox
  Break it      curl ${url}/_sandbox/faults -d '{"kind":"server-error","status":503,"times":3}'
  Look          curl ${url}/_sandbox/calls
  Mend it       curl ${url}/_sandbox/faults -X DELETE
  Start over    curl ${url}/_sandbox/reset -X POST

  Stop with Ctrl-C.
`;
}

function fail(problems: readonly string[]): void {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}

main().catch((error: unknown) =>
  fail([`sandbox: ${error instanceof Error ? error.message : String(error)}`]),
);
