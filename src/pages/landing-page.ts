/** The page at `/`: what this is, and links. HTML without scripts for people, JSON for machines. */

import type { PageContent } from './page.ts';
import { inertPolicy, staticPolicy } from './security-policy.ts';

/** What the page links to. */
export type LandingOptions = {
  readonly hasExplorer: boolean;
  readonly hasSchema: boolean;
  /** Whether the built-in sandbox is the upstream. */
  readonly inSandbox: boolean;
  /** Whether the reader's browser can reach the sandbox's control page. */
  readonly hasControlPage: boolean;
  /** Whether a caller must bring credentials. */
  readonly needsCredentials: boolean;
};

/** Leads to the sandbox's control page. */
export const controlPagePath = '/sandbox';

type Card = { readonly href: string; readonly title: string; readonly text: string };

/** The HTML page. Its links are relative, so that it works behind a path prefix. */
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
${upstreamLine(options)}</p>
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

/** The page as JSON: all paths that are served. */
export function landingJson(options: LandingOptions): PageContent {
  const endpoints = {
    graphql: '/graphql',
    ...(options.hasExplorer && { graphiql: '/graphql' }),
    ...(options.hasSchema && { schema: '/schema.graphql' }),
    ...(options.hasControlPage && { sandbox: controlPagePath }),
    alive: '/livez',
    ready: '/readyz',
  };
  const documents = documentCards(options).map(({ href }) => `/${href}`);
  const content = { name: 'Ledger balances in GraphQL', endpoints, documents };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  return { mediaType: 'application/json; charset=utf-8', text, policy: inertPolicy, vary: 'Accept' };
}

function upstreamLine({ inSandbox, needsCredentials }: LandingOptions): string {
  if (inSandbox) return 'The built-in sandbox answers, with demonstration data.';
  return needsCredentials ? 'Bring your own credentials of the endpoint.' : '';
}

/** The links, with the best start first. */
function cardsFor(options: LandingOptions): readonly Card[] {
  const cards = [
    options.hasExplorer && {
      href: 'graphql',
      title: 'GraphiQL',
      text: 'Try it here: ready-made queries, one tab each.',
    },
    options.hasControlPage && {
      href: 'sandbox',
      title: 'Sandbox',
      text: 'A member for each situation, faults to switch on, and the calls.',
    },
    ...documentCards(options),
    options.hasSchema && {
      href: 'schema.graphql',
      title: 'Schema',
      text: 'Everything that can be asked, as SDL for code generators.',
    },
    { href: 'readyz', title: 'Health', text: 'Ready for traffic? /livez and /readyz answer in JSON.' },
  ];
  return cards.filter((card) => card !== false);
}

/**
 * The documents for newcomers, at the paths that they have in the repository, so that their links to each other hold. None
 * where the schema is hidden, because they show it.
 */
export function documentCards({
  hasSchema,
  inSandbox,
}: Pick<LandingOptions, 'hasSchema' | 'inSandbox'>): readonly Card[] {
  if (!hasSchema) return [];
  const all = [
    {
      href: 'README.md',
      title: 'Read me',
      text: 'A first query, paging, costs and errors, in three minutes.',
    },
    {
      href: 'docs/clients.md',
      title: 'Guide for front ends',
      text: 'Typed operations, and files to copy for Apollo Client, urql, Relay, TanStack Query and fetch.',
    },
    {
      href: 'docs/errors.md',
      title: 'Guide to errors',
      text: 'What a failure looks like, when to try again, lists that end early, and HTTP.',
    },
    inSandbox && {
      href: 'docs/sandbox.md',
      title: 'Guide to the sandbox',
      text: 'Members for every situation, faults by curl, and tests to copy.',
    },
  ];
  return all.filter((card) => card !== false);
}

function writeCard({ href, title, text }: Card): string {
  return `<a href="${escapeHtml(href)}"><strong>${title}</strong><span>${text}</span></a>`;
}

/** A request body that is short enough for a phone's screen. */
function exampleBody({ inSandbox }: LandingOptions): string {
  const mobile = inSandbox ? '447700900001' : '…';
  const query = `{ customer(identifier: { name: MOBILE, value: \\"${mobile}\\" }) { firstName } }`;
  return `{ "query": "${query}" }`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** The style of the page, for light and dark mode. The page's policy allows it by its hash. */
const landingStyle = `
:root { color-scheme: light dark; --ground: #f6f8f7; --card: #fff; --ink: #14211f; --soft: #52625f; --edge: #dbe4e1; --accent: #0f766e; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1716; --card: #182220; --ink: #e7f0ee; --soft: #9db0ac; --edge: #2a3835; --accent: #5eead4; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: clamp(1.75rem, 7vw, 4rem) 1.25rem 3rem; max-width: 46rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 1rem 0 .5rem; font-size: clamp(2rem, 7vw, 2.75rem); line-height: 1.1; letter-spacing: -.02em; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.125rem; }
header p { margin: 0 0 2rem; max-width: 36rem; color: var(--soft); font-size: 1.125rem; }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .875rem; }
nav a { display: flex; flex-direction: column; gap: .25rem; padding: 1rem 1.125rem; background: var(--card); color: inherit;
  border: 1px solid var(--edge); border-radius: .75rem; text-decoration: none; }
nav a:hover, nav a:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
nav strong { color: var(--accent); font-size: 1.0625rem; }
nav span { color: var(--soft); font-size: .9375rem; line-height: 1.45; }
pre { margin: 0; padding: 1rem 1.125rem; overflow-x: auto; background: var(--card); border: 1px solid var(--edge);
  border-radius: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
main > p { color: var(--soft); font-size: .9375rem; }
`;
