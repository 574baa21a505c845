/**
 * What stands at `/`, for whoever comes there first: what this is and where to go on. A page for people, needing
 * no script, and the same in short for machines.
 */
import { landingStyle } from './landing-style.ts';
import type { PageContent } from './page.ts';
import { inertPolicy, staticPolicy } from './security-policy.ts';

/** What there is to lead to. */
export type LandingOptions = {
  readonly hasExplorer: boolean;
  readonly hasSchema: boolean;
  /** Base URL of the built-in sandbox; `undefined` where an endpoint is the upstream. */
  readonly sandboxUrl: string | undefined;
  /** Whether whoever sees this can open the sandbox too, which listens on the loopback of the gateway's own machine. */
  readonly isSandboxInReach: boolean;
  /** Whether a caller must bring credentials. */
  readonly needsCredentials: boolean;
};

type Card = { readonly href: string; readonly title: string; readonly text: string };

/** The page for people. Its paths are relative, so that it works behind a path prefix. */
export function landingPage(options: LandingOptions): PageContent {
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Ledger balances</title>
<link rel="icon" href="favicon.svg" type="image/svg+xml">
<style>${landingStyle}</style>
</head>
<body>
<header>
<img src="favicon.svg" alt="" width="56" height="56">
<h1>Ledger balances</h1>
<p>The closing balances of loyalty customers, in GraphQL: by member, by date, by currency, page by page.
${whoAnswers(options)}</p>
</header>
<main>
<nav>
${cardsFor(options).map(writeCard).join('\n')}
</nav>
<h2>Ask from a program</h2>
<pre><code>POST /graphql
content-type: application/json
${options.needsCredentials ? 'authorization: Basic …\n' : ''}
${escapeHtml(exampleBody(options))}</code></pre>
<p>Errors carry <code>extensions.code</code>, and say with <code>retryable</code> whether trying again may help.
Every answer has an <code>x-request-id</code>: name it when you report something.</p>
</main>
</body>
</html>
`;
  return { mediaType: 'text/html; charset=utf-8', text, policy: staticPolicy(landingStyle), vary: 'Accept' };
}

/** The same for machines, as JSON: the paths of what there is. */
export function landingJson(options: LandingOptions): PageContent {
  const [sandbox] = sandboxPlaces(options);
  const endpoints = {
    graphql: '/graphql',
    ...(options.hasExplorer && { graphiql: '/graphql' }),
    ...(options.hasSchema && { schema: '/schema.graphql' }),
    ...(sandbox !== undefined && { sandbox }),
    alive: '/livez',
    ready: '/readyz',
  };
  const text = `${JSON.stringify({ name: 'Ledger balances in GraphQL', endpoints }, null, 2)}\n`;
  return { mediaType: 'application/json; charset=utf-8', text, policy: inertPolicy, vary: 'Accept' };
}

function whoAnswers({ sandboxUrl, needsCredentials }: LandingOptions): string {
  if (sandboxUrl !== undefined) return 'The built-in sandbox answers, with demonstration data.';
  return needsCredentials ? 'Bring your own credentials of the endpoint.' : '';
}

/** What can be opened, the most inviting first. */
function cardsFor(options: LandingOptions): readonly Card[] {
  const { hasExplorer, hasSchema } = options;
  return [
    ...(hasExplorer
      ? [{ href: 'graphql', title: 'GraphiQL', text: 'Try it here: tabs that tell the story of the API.' }]
      : []),
    ...sandboxPlaces(options).map(sandboxCard),
    ...(hasSchema
      ? [
          {
            href: 'schema.graphql',
            title: 'Schema',
            text: 'Everything that can be asked, as SDL for code generators.',
          },
        ]
      : []),
    { href: 'readyz', title: 'Health', text: 'Ready for traffic? /livez and /readyz answer in JSON.' },
  ];
}

function sandboxCard(href: string): Card {
  return { href, title: 'Sandbox', text: 'Who is good for what; switch faults on, and see the calls.' };
}

/** Where the sandbox's control page is, if it can be opened. */
function sandboxPlaces({ sandboxUrl, isSandboxInReach }: LandingOptions): readonly string[] {
  return sandboxUrl !== undefined && isSandboxInReach ? [`${sandboxUrl}/_sandbox`] : [];
}

const writeCard = ({ href, title, text }: Card): string =>
  `<a href="${escapeHtml(href)}"><strong>${title}</strong><span>${text}</span></a>`;

/** An operation that fits on a phone. */
function exampleBody({ sandboxUrl }: LandingOptions): string {
  const mobile = sandboxUrl === undefined ? '…' : '447700900001';
  const query = `{ customer(identifier: { name: MOBILE, value: \\"${mobile}\\" }) { firstName } }`;
  return `{ "query": "${query}" }`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
