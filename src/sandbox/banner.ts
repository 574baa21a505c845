/** The lines that a person reads when a sandbox starts alone. Pure. */

import { demoCredentials } from './endpoint/credentials.ts';
import { ledgerPath } from './endpoint/ledger-route.ts';
import { tokenPath } from './endpoint/token-route.ts';

/** What to try, with the URL of the running sandbox filled in. Every command runs as it stands. */
export function writeBanner(url: string): string {
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
