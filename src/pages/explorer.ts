/**
 * GraphiQL: its page and files, from the bundled package. Nothing is loaded from another server. Scripts and styles are
 * separate files, because a strict Content-Security-Policy forbids them inside the page.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PageContent } from './page.ts';
import { explorerPolicy, inertPolicy } from './security-policy.ts';
import type { Chapter } from './story-cast.ts';

/** What GraphiQL shows first. */
export type ExplorerOptions = {
  readonly story: readonly Chapter[];
  /** Whether callers must send credentials. Every tab then has a header for them. */
  readonly needsCredentials: boolean;
};

const title = 'Ledger balances';
const welcome = `# Run this with the pink button, or with Ctrl+Enter.
# The book describes every field. Each tab adds a topic.
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
  const defaultTabs = story.map(({ query, variables }, index) => ({
    query: index === 0 ? `${welcome}${query}` : query,
    variables: JSON.stringify(variables, null, 2),
    headers,
  }));
  // Another story gets another storage name, so that stored tabs never show outdated cursors.
  const digest = createHash('sha256').update(JSON.stringify(defaultTabs)).digest('hex').slice(0, 8);
  return {
    title: '', // The logo shows the title, and the tabs need the room.
    logo: `<a href="./" title="${title}"><img src="favicon.svg" alt="${title}" width="32" height="32"></a>`,
    storageName: `ledger-balances-${digest}`,
    defaultTabs,
    defaultHeaders: headers,
    // The browser must not store credentials.
    shouldPersistHeaders: false,
  };
}

/** JSON for a script element. Without `<` it cannot end that element. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Loads the package when it is first needed, because it has 9 MB. */
function loadBundle() {
  return import('@graphql-yoga/render-graphiql/graphiql');
}

/** Sets the addresses of the editor's workers, relative to the page, before the editor starts. */
const workerPaths = `globalThis.MonacoEnvironment = {
  getWorkerUrl: (_, label) => 'graphql/' + ({ graphql: 'graphql', json: 'json' }[label] ?? 'editor') + '-worker.js',
};
`;

/** A script file. As a worker it would have the policy of this file, and needs to load nothing. */
function script(text: string): PageContent {
  return {
    mediaType: 'text/javascript; charset=utf-8',
    text,
    policy: inertPolicy,
  };
}

/**
 * Styles over those of GraphiQL.
 *
 * Tabs keep their place. GraphiQL computes an offset for each tab before the layout is ready, and its own style hides the
 * offset only of tabs without focus. A pressed tab gets the focus, jumps away from the pointer, and the click is lost.
 *
 * Tabs are small, so that those of the story fit into a window of 1280 pixels. Only the active one has room for the button
 * that closes it. On a phone, editor and answer stand one above the other over the whole width. The docs cover both when
 * they are open.
 */
const ownStyle = `
.graphiql-tab { transform: none !important; }
.graphiql-container .graphiql-tabs { gap: 4px; }
.graphiql-container .graphiql-tab-button { padding: 4px 8px 6px; font-size: 13px; }
.graphiql-container .graphiql-tab-active .graphiql-tab-button { padding-right: 26px; }
.graphiql-container .graphiql-tab:not(.graphiql-tab-active) .graphiql-tab-close { display: none; }
@media (max-width: 700px) {
  .graphiql-container { height: 100dvh; }
  .graphiql-container > .graphiql-container { flex-direction: column-reverse; }
  .graphiql-container .graphiql-sidebar { flex-direction: row; width: auto; padding: 0 8px; }
  .graphiql-container .graphiql-sidebar > button { margin: 0 !important; }
  .graphiql-container .graphiql-main { min-height: 0; position: relative; }
  .graphiql-container .graphiql-sessions { margin: 0; border-radius: 0; }
  .graphiql-container #graphiql-session { flex-direction: column; padding: 0; }
  .graphiql-container .graphiql-horizontal-drag-bar { display: none; }
  .graphiql-container .graphiql-editors { flex: 3 1 0% !important; min-height: 0; border-radius: 0; }
  .graphiql-container .graphiql-response { flex: 2 1 0% !important; min-height: 0; padding-top: 8px; }
  .graphiql-container .graphiql-query-editor { flex-direction: column-reverse; padding: 4px 8px; row-gap: 4px; }
  .graphiql-container .graphiql-toolbar { flex-direction: row; width: auto; }
  .graphiql-container .graphiql-query-editor .graphiql-editor { min-height: 0; }
  .graphiql-container .graphiql-editor-tool { padding: 4px 8px; }
  .graphiql-container .graphiql-plugin:not([style*="absolute"]) { position: absolute; inset: 0; z-index: 10;
    max-width: none; background: hsl(var(--color-base)); }
}
`;

async function loadStyle(): Promise<PageContent> {
  const { css } = await loadBundle();
  return { mediaType: 'text/css; charset=utf-8', text: `${css}\n${ownStyle}`, policy: inertPolicy };
}

/**
 * Adds GraphiQL's history beside the explorer. Yoga's page passes the explorer as the only plugin and exports no other, but
 * its bundle holds the history: it is the plugin that GraphiQL takes when a page passes none. Without a match nothing
 * changes, and a test misses the history.
 */
function withHistory(js: string): string {
  const [, history = ''] = /===void 0\?\[(\w+)\]:\w+,\w+\[\d+\]=/.exec(js) ?? [];
  return history === '' ? js : js.replace(/(?<=plugins:\[\w+)(?=\],schemaDescription:)/, `,${history}`);
}

/** The files of GraphiQL by path, each with a function that loads it. */
export const explorerAssets: Readonly<Record<string, () => Promise<PageContent>>> = {
  '/graphql/graphiql.js': async () => script(`${workerPaths}${withHistory((await loadBundle()).js)}`),
  '/graphql/start.js': async () =>
    script(await readFile(new URL('./explorer-start.js', import.meta.url), 'utf8')),
  '/graphql/graphiql.css': loadStyle,
  '/graphql/editor-worker.js': async () => script((await loadBundle()).editorWorkerService),
  '/graphql/json-worker.js': async () => script((await loadBundle()).jsonWorker),
  '/graphql/graphql-worker.js': async () => script((await loadBundle()).graphqlWorker),
};
