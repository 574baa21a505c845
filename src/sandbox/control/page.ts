/**
 * The control page as HTML: all that does not change while the sandbox runs. What does is filled in by
 * `control-page.js` in the browser, from the same endpoints that curl uses.
 */

import { situations } from '../demo/situations.ts';
import { faultKinds } from '../faults/faults.ts';
import type { Member, MemberIdentifier } from '../ledger/member.ts';
import { controlStyle } from './style.ts';

/** The faults that are one click away, with settings that show something at once. */
const quickFaults = [
  { label: 'Slow', meaning: 'every answer 2 s later', fault: { kind: 'latency', ms: 2000 } },
  {
    label: '429',
    meaning: 'rate limited, try again in 1 s',
    fault: { kind: 'rate-limited', retryAfter: 1 },
  },
  { label: '503', meaning: 'unavailable', fault: { kind: 'server-error', status: 503 } },
  { label: '503 once', meaning: 'the next call only', fault: { kind: 'server-error', times: 1 } },
  {
    label: '503 on page 2',
    meaning: 'longer lists end early',
    fault: { kind: 'server-error', pageNumber: 1 },
  },
  { label: 'Hang', meaning: 'no answer at all', fault: { kind: 'hang' } },
  { label: 'Cut body', meaning: 'closed in the middle of an answer', fault: { kind: 'cut-body' } },
  { label: 'HTML', meaning: '200 with a page instead of JSON', fault: { kind: 'html' } },
  { label: 'Reset', meaning: 'the connection is reset', fault: { kind: 'reset' } },
  { label: '401', meaning: 'credentials refused', fault: { kind: 'unauthorized' } },
] as const;

/** The page about these members. */
export function writeControlPage(members: readonly Member[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sandbox · Ledger balances</title>
<link rel="icon" href="_sandbox/icon.svg" type="image/svg+xml">
<style>${controlStyle}</style>
<script type="module" src="_sandbox/page.js"></script>
</head>
<body>
<header><h1>Sandbox</h1><p>The ledger endpoint’s twin, with demonstration members. All of this works with curl as well:
<code>/_sandbox</code> says how.</p>
<button id="reset" type="button">Start over</button></header>
<main>
${faultSection()}
${callSection}
${memberSection(members)}
</main>
<noscript><p>Without JavaScript this page only tells who is who.</p></noscript>
<output id="notice" role="status"></output>
</body>
</html>
`;
}

function faultSection(): string {
  const buttons = quickFaults.map(
    ({ label, meaning, fault }) =>
      `<button type="button" data-fault="${escapeHtml(JSON.stringify(fault))}"><b>${label}</b><span>${meaning}</span></button>`,
  );
  const kinds = Object.entries(faultKinds).map(
    ([kind, { meaning }]) => `<li><code>${kind}</code> ${meaning}</li>`,
  );
  return `<section aria-labelledby="faults-title">
<h2 id="faults-title">Faults</h2>
<p>What is switched on hits every call of the ledger endpoint until it is switched off or spent.</p>
<div class="quick">${buttons.join('\n')}</div>
<table id="faults"><thead><tr><th>Switched on</th><th>Calls hit</th><th></th></tr></thead><tbody></tbody></table>
<details><summary>Any other fault</summary>
<form id="own"><textarea name="fault" rows="2" spellcheck="false" aria-label="A fault as JSON">{ "kind": "server-error", "every": 3 }</textarea>
<button type="submit">Switch on</button></form>
<ul>${kinds.join('')}</ul></details>
</section>`;
}

const callSection = `<section aria-labelledby="calls-title">
<h2 id="calls-title">Calls <small id="count"></small></h2>
<p>The latest first; kept up to date while this page is seen.</p>
<div class="latest"><table id="calls"><thead><tr><th>#</th><th>Who</th><th>limit</th><th>offset</th><th>Answer</th>
<th>Fault</th><th>ms</th><th>Filter</th></tr></thead><tbody></tbody></table></div>
</section>`;

function memberSection(members: readonly Member[]): string {
  const isSituation = new Set(situations.map(({ member }) => member));
  const situationRows = situations.map(({ identifier, shows }) => memberRow(identifier, escapeHtml(shows)));
  const people = members.filter((member) => !isSituation.has(member));
  return `<section aria-labelledby="members-title">
<h2 id="members-title">Who is good for what</h2>
<p>A click copies the identifier.</p>
<div class="wide"><table><thead><tr><th>Identifier</th><th>Shows</th></tr></thead><tbody>
${situationRows.join('\n')}</tbody></table></div>
<details><summary>${people.length} more members</summary><div class="wide"><table>
<thead><tr><th>Name</th><th>Identifiers</th><th>Entries</th></tr></thead><tbody>
${people.map(personRow).join('\n')}</tbody></table></div></details>
</section>`;
}

function memberRow(identifier: MemberIdentifier, shows: string): string {
  return `<tr><td>${copyButton(identifier)}</td><td>${shows}</td></tr>`;
}

function personRow({ firstName, lastName, identifiers, ledger }: Member): string {
  const name = escapeHtml(`${firstName ?? ''} ${lastName ?? ''}`);
  return `<tr><td>${name}</td><td>${identifiers.map(copyButton).join(' ')}</td><td>${ledger.length}</td></tr>`;
}

/** Named as the endpoint names it, with the channel where it is not the usual one. */
function copyButton({ name, value, source, accountId }: MemberIdentifier): string {
  const channel = [source, accountId].filter((part) => part !== undefined).join(' ');
  return `<button type="button" class="copy" data-copy="${escapeHtml(value)}"><small>${name}${
    channel === '' ? '' : ` · ${channel}`
  }</small> ${escapeHtml(value)}</button>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
