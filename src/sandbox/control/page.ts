/**
 * The control page as HTML: what does not change while the sandbox runs. `control-page.js` fills in the rest in the
 * browser, from the endpoints that curl uses. Its readers ask in GraphQL, so it names everything as the schema does.
 */

import { situations } from '../demo/situations.ts';
import { faultKinds } from '../faults/faults.ts';
import type { Member, MemberIdentifier } from '../ledger/member.ts';
import { controlStyle } from './style.ts';

/** The schema's names of the kinds of identifier. */
export const identifierNamesInSchema: Readonly<Record<MemberIdentifier['name'], string>> = {
  mobile: 'MOBILE',
  email: 'EMAIL',
  externalId: 'EXTERNAL_ID',
  cardnumber: 'CARD_NUMBER',
  cardExternalId: 'CARD_EXTERNAL_ID',
  id: 'ID',
};

/** The query that GraphiQL opens for a member. */
export const memberQuery = `query Member(
  $identifier: CustomerIdentifierInput!
) {
  customer(identifier: $identifier) {
    firstName
    lastName
    ledgerBalance(first: 10) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      warnings {
        code
        message
      }
      edges {
        node {
          pointsCategory
          programName
          alternateCurrency
          closingBalance
        }
      }
    }
  }
}
`;

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
    label: '503, page 2',
    meaning: 'longer lists end early',
    fault: { kind: 'server-error', pageNumber: 1 },
  },
  { label: 'Hang', meaning: 'no answer at all', fault: { kind: 'hang' } },
  { label: 'Cut body', meaning: 'closed in the middle of an answer', fault: { kind: 'cut-body' } },
  { label: 'HTML', meaning: '200 with a page instead of JSON', fault: { kind: 'html' } },
  { label: 'Reset', meaning: 'the connection is reset', fault: { kind: 'reset' } },
  { label: '401', meaning: 'credentials refused', fault: { kind: 'unauthorized' } },
] as const;

/** What the page shows. `gatewayUrl` is that of the gateway in front, with a slash at its end; undefined without one. */
export type ControlPage = { readonly members: readonly Member[]; readonly gatewayUrl: string | undefined };

/** The page. */
export function writeControlPage({ members, gatewayUrl }: ControlPage): string {
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
<header>${wayBack(gatewayUrl)}<h1>Sandbox</h1>
<button id="reset" type="button">Start over</button>
<p>The ledger endpoint’s twin, with demonstration members. All of this works with curl as well:
<code>/_sandbox</code> says how.</p></header>
<main>
${faultSection()}
${callSection}
${memberSection(members, gatewayUrl)}
</main>
<noscript><p>Without JavaScript this page only tells who is who.</p></noscript>
<output id="notice" role="status"></output>
</body>
</html>
`;
}

function wayBack(gatewayUrl: string | undefined): string {
  if (gatewayUrl === undefined) return '';
  const url = escapeHtml(gatewayUrl);
  return `<nav><a href="${url}">← Gateway</a><a href="${url}graphql">GraphiQL</a></nav>`;
}

function faultSection(): string {
  const buttons = quickFaults.map(
    ({ label, meaning, fault }) =>
      `<button type="button" aria-pressed="false" data-fault="${escapeHtml(JSON.stringify(fault))}"><b>${label}</b><span>${meaning}</span></button>`,
  );
  const kinds = Object.entries(faultKinds).map(
    ([kind, { meaning }]) => `<li><code>${kind}</code> ${meaning}</li>`,
  );
  return `<section aria-labelledby="faults-title">
<h2 id="faults-title">Faults</h2>
<p>A fault that is on hits every call until it is off or spent. A click switches it on, a second one off.</p>
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
<p>The upstream calls that the gateway made, the latest first. The list is kept up to date.</p>
<div class="latest"><table id="calls" class="stacked"><thead><tr><th>#</th><th>Asked for</th><th>Entries</th>
<th>Answer</th><th>Time</th></tr></thead><tbody></tbody></table></div>
</section>`;

function memberSection(members: readonly Member[], gatewayUrl: string | undefined): string {
  const isSituation = new Set(situations.map(({ member }) => member));
  const rows = situations.map(
    ({ identifier, shows }) =>
      `<tr><td>${copyButton(identifier)}</td><td>${escapeHtml(shows)}</td>${openCell(identifier, gatewayUrl)}</tr>`,
  );
  const people = members.filter((member) => !isSituation.has(member));
  return `<section aria-labelledby="members-title">
<h2 id="members-title">Members by situation</h2>
<p>A click on an identifier copies it as GraphQL variables.</p>
<table class="stacked members"><thead><tr><th>Identifier</th><th>Shows</th><th></th></tr></thead><tbody>
${rows.join('\n')}</tbody></table>
<details><summary>${people.length} more members</summary><table class="stacked members">
<thead><tr><th>Identifiers</th><th>Name, entries</th><th></th></tr></thead><tbody>
${people.map((person) => personRow(person, gatewayUrl)).join('\n')}</tbody></table></details>
</section>`;
}

function personRow(person: Member, gatewayUrl: string | undefined): string {
  const { firstName, lastName, identifiers, ledger } = person;
  const name = escapeHtml(`${firstName ?? ''} ${lastName ?? ''}`);
  const [identifier] = identifiers;
  const open = identifier === undefined ? '<td></td>' : openCell(identifier, gatewayUrl);
  return `<tr><td>${identifiers.map(copyButton).join(' ')}</td><td>${name}, ${ledger.length}</td>${open}</tr>`;
}

/** An identifier as the schema names it, with source and account unless they are the usual ones. A click copies variables. */
function copyButton(identifier: MemberIdentifier): string {
  const { name, value, source, accountId } = identifier;
  const kind = [identifierNamesInSchema[name], source, accountId].filter((part) => part !== undefined);
  const variables = escapeHtml(writeVariables(identifier));
  return `<button type="button" class="copy" data-copy="${variables}"><small>${kind.join(' · ')}</small> ${escapeHtml(value)}</button>`;
}

function openCell(identifier: MemberIdentifier, gatewayUrl: string | undefined): string {
  if (gatewayUrl === undefined) return '<td></td>';
  // Behind `#`, as GraphiQL's own links: browsers do not send that part, so the identifier gets into no access log.
  const link = new URLSearchParams({ query: memberQuery, variables: writeVariables(identifier) });
  return `<td><a class="open" href="${escapeHtml(`${gatewayUrl}graphql#${link}`)}" target="_blank" rel="noreferrer">GraphiQL</a></td>`;
}

function writeVariables({ name, value, source = 'INSTORE', accountId }: MemberIdentifier): string {
  const identifier = { name: identifierNamesInSchema[name], value, source, accountId };
  return JSON.stringify({ identifier }, null, 2);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
