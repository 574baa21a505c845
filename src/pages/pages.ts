/** The pages of the gateway: which path has which page, for which client, depending on the settings. */

import { readFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { isLoopback } from '../config/allowed-hosts.ts';
import type { Config } from '../config.ts';
import { deriveKeys } from '../ledger/sealing/secret-keys.ts';
import { schema } from '../schema/schema.ts';
import { explorerAssets, explorerPage } from './explorer.ts';
import { controlPagePath, documentCards, landingJson, landingPage } from './landing-page.ts';
import {
  createPage,
  createRedirect,
  type Page,
  type PageAnswer,
  type PageContent,
  wantsHtml,
} from './page.ts';
import { inertPolicy } from './security-policy.ts';
import { tellStory } from './story.ts';
import { sandboxCast, unknownCast } from './story-cast.ts';

/** The settings that pages depend on. */
export type PageSettings = Pick<
  Config,
  'host' | 'sandboxHost' | 'graphiql' | 'introspection' | 'idSecret'
> & {
  readonly upstream: { readonly mode: Config['upstream']['mode'] };
};

/** What pages read of a GET or HEAD request. */
export type PageRequest = { readonly path: string; readonly headers: Headers };

/** All pages of a gateway. */
export type Pages = {
  readonly paths: readonly string[];
  /** Answers a GET or HEAD request; `undefined` if the path has no page for this client. */
  readonly answer: (request: PageRequest) => Promise<PageAnswer> | undefined;
};

/** The pages at a path, for browsers and for all other clients. Without one, the request is answered elsewhere. */
type Views = { readonly browser?: Page; readonly machine?: Page };

/**
 * Creates the pages. Each is built at its first request. `sandboxUrl` is defined if the built-in sandbox is the
 * upstream.
 */
export function createPages(settings: PageSettings, sandboxUrl: string | undefined): Pages {
  const views = new Map<string, Views>([
    ['/', landingViews(settings, sandboxUrl)],
    ['/favicon.svg', forAll(async () => faviconFile)],
    ...controlPageViews(settings, sandboxUrl),
    ...(settings.introspection ? [['/schema.graphql', forAll(async () => schemaPage())] as const] : []),
    ...documentViews(settings, sandboxUrl),
    ...(settings.graphiql ? explorerViews(settings, sandboxUrl) : []),
  ]);
  const answer: Pages['answer'] = ({ path, headers }) => {
    const known = views.get(path);
    if (known === undefined) return undefined;
    return (wantsHtml(headers.get('accept')) ? known.browser : known.machine)?.(headers);
  };
  return { paths: [...views.keys()], answer };
}

function landingViews(settings: PageSettings, sandboxUrl: string | undefined): Views {
  const { graphiql, introspection, upstream } = settings;
  const options = {
    inSandbox: sandboxUrl !== undefined,
    hasControlPage: controlPageViews(settings, sandboxUrl).length > 0,
    needsCredentials: upstream.mode === 'forward',
    hasExplorer: graphiql,
    hasSchema: introspection,
  };
  return {
    browser: createPage(async () => landingPage(options)),
    machine: createPage(async () => landingJson(options)),
  };
}

/** Where the documents are: in the repository beside the sources, in the package beside the bundle. */
const documentRoot = new URL(import.meta.url.endsWith('.ts') ? '../../' : './', import.meta.url);

/** The documents as plain text: browsers would save `text/markdown` as a file. */
const documentViews = (
  { introspection: hasSchema }: PageSettings,
  sandboxUrl: string | undefined,
): readonly (readonly [string, Views])[] =>
  documentCards({ hasSchema, inSandbox: sandboxUrl !== undefined }).map(({ href }) => [
    `/${href}`,
    forAll(async () => plainText(await readFile(new URL(href, documentRoot), 'utf8'))),
  ]);

/**
 * The way to the sandbox's control page, which has a port of its own: a redirect to the host name that the reader uses for
 * the gateway. None if other machines can reach the gateway but not the sandbox: the reader may be on one.
 */
function controlPageViews(
  { host, sandboxHost }: PageSettings,
  sandboxUrl: string | undefined,
): readonly (readonly [string, Views])[] {
  if (sandboxUrl === undefined || (!isLoopback(host) && isLoopback(sandboxHost))) return [];
  const redirect = createRedirect((headers) => {
    const address = new URL(`${sandboxUrl}/_sandbox`);
    const [, name = ''] = /^(.*?)(?::\d+)?$/.exec(headers.get('host') ?? '') ?? [];
    if (!isLoopback(name)) address.hostname = name; // An empty name changes nothing.
    return address.href;
  });
  return [[controlPagePath, { browser: redirect, machine: redirect }]];
}

function explorerViews(
  { idSecret, upstream }: PageSettings,
  sandboxUrl: string | undefined,
): readonly (readonly [string, Views])[] {
  const inSandbox = sandboxUrl !== undefined;
  const cast = inSandbox ? sandboxCast(deriveKeys(idSecret).cursors) : unknownCast;
  const options = { story: tellStory(cast, { inSandbox }), needsCredentials: upstream.mode === 'forward' };
  const assets = Object.entries(explorerAssets).map(([path, load]) => [path, forAll(load)] as const);
  return [['/graphql', { browser: createPage(async () => explorerPage(options)) }], ...assets];
}

function forAll(load: () => Promise<PageContent>): Views {
  const page = createPage(load);
  return { browser: page, machine: page };
}

/** The schema in SDL, in the order of the committed `schema.graphql`. */
function schemaPage(): PageContent {
  return plainText(`${printSchema(lexicographicSortSchema(schema))}\n`);
}

const plainText = (text: string): PageContent => ({
  mediaType: 'text/plain; charset=utf-8',
  text,
  policy: inertPolicy,
});

/** The logo: three balances on a page of a ledger. Readable at 16 pixels, on light and dark backgrounds. */
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="3" y="2" width="26" height="28" rx="6" fill="#0f766e"/>
<path d="M9 10h14M9 16h9M9 22h5" stroke="#ecfdf5" stroke-width="3" stroke-linecap="round"/>
<circle cx="22" cy="21.5" r="4.5" fill="#fbbf24"/>
</svg>
`;

const faviconFile: PageContent = { mediaType: 'image/svg+xml', text: favicon, policy: inertPolicy };
