/**
 * The page that GraphiQL lives in: its title, its options, and the files that it is made of.
 */
import { createHash } from 'node:crypto';
import type { Chapter } from './chapter.ts';
import type { PageContent } from './page.ts';
import { explorerPolicy } from './security-policy.ts';

/** What GraphiQL opens with. */
export type ExplorerOptions = {
  readonly story: readonly Chapter[];
  /** Whether a caller must bring credentials: then every tab has the header for them. */
  readonly needsCredentials: boolean;
};

const title = 'Ledger balances';
const welcome = `# Run this with the button in the middle, or with
# Ctrl+Enter. What every field means stands behind the
# book at the top left. Then go on with the next tab.
#
`;
const credentialsHeader = { Authorization: 'Basic <user:password in base64>' };

/** The page. Its paths are relative, so that it works behind a path prefix. */
export function explorerPage(options: ExplorerOptions): PageContent {
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · GraphiQL</title>
<link rel="icon" href="favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="graphql/graphiql.css">
<script id="options" type="application/json">${jsonInHtml(graphiqlOptions(options))}</script>
<script defer src="graphql/graphiql.js"></script>
<script type="module" src="graphql/start.js"></script>
</head>
<body id="body" class="no-focus-outline">
<noscript>GraphiQL needs JavaScript. The endpoint itself does not: see README.md.</noscript>
<div id="root"></div>
</body>
</html>
`;
  return { mediaType: 'text/html; charset=utf-8', text, policy: explorerPolicy, vary: 'Accept' };
}

function graphiqlOptions({ story, needsCredentials }: ExplorerOptions) {
  const headers = needsCredentials ? JSON.stringify(credentialsHeader, null, 2) : '';
  const defaultTabs = story.map(({ query, variables }, place) => ({
    query: place === 0 ? `${welcome}${query}` : query,
    variables: JSON.stringify(variables, null, 2),
    headers,
  }));
  // Another story is kept under another name: tabs that were left open must not show cursors of yesterday.
  const digest = createHash('sha256').update(JSON.stringify(defaultTabs)).digest('hex').slice(0, 8);
  return {
    title: '', // The sign says it, and the tabs need the room.
    logo: `<a href="./" title="${title}"><img src="favicon.svg" alt="${title}" width="32" height="32"></a>`,
    storageName: `ledger-balances-${digest}`,
    defaultTabs,
    defaultHeaders: headers,
    // Credentials that are typed in must not outlive the tab.
    shouldPersistHeaders: false,
  };
}

/** JSON that cannot end the script element around it. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
