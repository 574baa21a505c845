/**
 * Which path shows which page, and to whom. Pages are answers to GET and HEAD; everything else is not theirs.
 */
import { explorerAssets } from './explorer-assets.ts';
import { type ExplorerOptions, explorerPage } from './explorer-page.ts';
import { favicon } from './favicon.ts';
import { wantsHtml } from './negotiation.ts';
import { createPage, type Page, type PageAnswer, type PageContent } from './page.ts';
import { inertPolicy } from './security-policy.ts';

/** What there is to show. */
export type PagesOptions = {
  /** `undefined`: GraphiQL is off, and none of its files are there. */
  readonly explorer: ExplorerOptions | undefined;
};

/** A request, as far as pages look at it. */
export type PageRequest = { readonly method: string; readonly path: string; readonly headers: Headers };

/** The answer of the page that is asked for; nothing when no page is. */
export type Pages = (request: PageRequest) => Promise<PageAnswer> | undefined;

/** By path: what a browser sees, and what everyone else gets. */
type Paths = ReadonlyMap<string, { readonly browser?: Page; readonly machine?: Page }>;

/** Puts the pages together. None is made before it is asked for. */
export function createPages(options: PagesOptions): Pages {
  const paths: Paths = new Map([
    ['/favicon.svg', forAll(async () => faviconFile)],
    ...explorerPaths(options),
  ]);
  return ({ method, path, headers }) => {
    const known = paths.get(path);
    if (known === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
    return (wantsHtml(headers.get('accept')) ? known.browser : known.machine)?.(headers);
  };
}

function explorerPaths({ explorer }: PagesOptions) {
  if (explorer === undefined) return [];
  const assets = Object.entries(explorerAssets).map(([path, load]) => [path, forAll(load)] as const);
  return [['/graphql', { browser: createPage(async () => explorerPage(explorer)) }] as const, ...assets];
}

function forAll(load: () => Promise<PageContent>) {
  const page = createPage(load);
  return { browser: page, machine: page };
}

const faviconFile: PageContent = { mediaType: 'image/svg+xml', text: favicon, policy: inertPolicy };
