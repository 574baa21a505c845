/**
 * The control page as HTML and CSS: what does not change while the sandbox runs. `control-page.js` fills in the rest
 * in the browser, from the endpoints that curl uses.
 */

import { situations } from '../demo/situations.ts';
import { faultKinds } from '../faults/faults.ts';
import type { Member, MemberIdentifier } from '../ledger/member.ts';

/** The faults with a button of their own. */
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

/** The page for these members. */
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

/** Names the identifier as the endpoint does, with source and account unless they are the usual ones. */
function copyButton({ name, value, source, accountId }: MemberIdentifier): string {
  const channel = [source, accountId].filter((part) => part !== undefined).join(' ');
  return `<button type="button" class="copy" data-copy="${escapeHtml(value)}"><small>${name}${
    channel === '' ? '' : ` · ${channel}`
  }</small> ${escapeHtml(value)}</button>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** The page's style: light and dark, and readable on a phone. The page's policy names it by its hash. */
export const controlStyle = `
:root { color-scheme: light dark; --ground: #f6f8f7; --card: #fff; --ink: #14211f; --soft: #52625f; --edge: #dbe4e1; --accent: #0f766e; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1716; --card: #182220; --ink: #e7f0ee; --soft: #9db0ac; --edge: #2a3835; --accent: #5eead4; --bad: #fda29b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--ground); color: var(--ink);
  font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: center; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -.02em; }
header p { grid-column: 1 / -1; margin: .25rem 0 1.25rem; }
header button { grid-row: 1; grid-column: 2; }
h2 { margin: 0; font-size: 1.125rem; }
h2 small { color: var(--soft); font-weight: normal; }
p { margin: .25rem 0 1rem; color: var(--soft); }
a { color: var(--accent); }
main { display: grid; grid-template-columns: minmax(0, 4fr) minmax(0, 5fr); gap: 1rem; align-items: start; }
section { padding: 1.125rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; }
section:last-child { grid-column: 1 / -1; }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
button { padding: .45rem .8rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: inherit; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
.quick { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem; margin-bottom: 1rem; }
.quick button { display: flex; flex-direction: column; text-align: left; }
.quick span { color: var(--soft); font-size: .8125rem; line-height: 1.35; }
.copy { padding: .1rem .5rem; font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; text-align: left; }
.copy small { color: var(--soft); font-size: inherit; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
th { color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
#calls td, code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
#faults code { overflow-wrap: anywhere; }
#faults td:last-child { text-align: right; }
#calls td { white-space: nowrap; }
.latest { max-height: 32rem; overflow: auto; }
#calls tbody { font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); font-weight: 600; }
details { margin-top: 1rem; }
summary { color: var(--accent); cursor: pointer; }
#own { display: flex; gap: .5rem; align-items: start; margin: .75rem 0; }
textarea { flex: 1; padding: .5rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
ul { margin: 0; padding-left: 1.1rem; color: var(--soft); }
#notice { position: fixed; bottom: 1rem; left: 50%; translate: -50% 0; padding: .5rem 1rem; border-radius: .5rem;
  background: var(--ink); color: var(--ground); }
#notice:empty { display: none; }
`;
