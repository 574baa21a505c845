/**
 * The files that GraphiQL is made of, from the bundled package: nothing is loaded from elsewhere. They are
 * files of their own, not one page, because only then can a strict Content-Security-Policy name them.
 */
import { readFile } from 'node:fs/promises';
import type { PageContent } from './page.ts';
import { inertPolicy } from './security-policy.ts';

/** The package has 9 MB, which only a process that shows GraphiQL needs to hold. */
const loadBundle = () => import('@graphql-yoga/render-graphiql/graphiql');

/** Tells the editor where its workers are, before it starts. Paths are seen from the page. */
const workerPaths = `globalThis.MonacoEnvironment = {
  getWorkerUrl: (_, label) => 'graphql/' + ({ graphql: 'graphql', json: 'json' }[label] ?? 'editor') + '-worker.js',
};
`;

/** A worker lives by the policy of its own file, not of the page that started it: it needs nothing. */
const script = (text: string): PageContent => ({
  mediaType: 'text/javascript; charset=utf-8',
  text,
  policy: inertPolicy,
});

async function loadStart(): Promise<PageContent> {
  return script(await readFile(new URL('./explorer-start.js', import.meta.url), 'utf8'));
}

/**
 * A tab that is pressed gets the focus, and with it an offset that GraphiQL reckoned while its tabs were still
 * being laid out: it jumps away from under the pointer, and the click is lost. GraphiQL's own style hides the
 * offset of the tabs without focus; this one, of all.
 */
const stillTabs = '.graphiql-tab { transform: none !important; }\n';

async function loadStyle(): Promise<PageContent> {
  const { css } = await loadBundle();
  return { mediaType: 'text/css; charset=utf-8', text: `${css}\n${stillTabs}`, policy: inertPolicy };
}

/** How to load each file, by its path. */
export const explorerAssets: Readonly<Record<string, () => Promise<PageContent>>> = {
  '/graphql/graphiql.js': async () => script(`${workerPaths}${(await loadBundle()).js}`),
  '/graphql/start.js': loadStart,
  '/graphql/graphiql.css': loadStyle,
  '/graphql/editor-worker.js': async () => script((await loadBundle()).editorWorkerService),
  '/graphql/json-worker.js': async () => script((await loadBundle()).jsonWorker),
  '/graphql/graphql-worker.js': async () => script((await loadBundle()).graphqlWorker),
};
