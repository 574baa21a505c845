/**
 * Which path shows which page, and to whom. Pages are answers to GET and HEAD; everything else is not theirs.
 */
import type { GraphQLSchema } from 'graphql';
import { explorerAssets } from './explorer-assets.ts';
import { type ExplorerOptions, explorerPage } from './explorer-page.ts';
import { favicon } from './favicon.ts';
import { type LandingOptions, landingJson, landingPage } from './landing-page.ts';
import { wantsHtml } from './negotiation.ts';
import { createPage, type Page, type PageAnswer, type PageContent } from './page.ts';
import { schemaPage } from './schema-page.ts';
import { inertPolicy } from './security-policy.ts';

/** What there is to show. */
export type PagesOptions = {
  /** `undefined`: GraphiQL is off, and none of its files are there. */
  readonly explorer: ExplorerOptions | undefined;
  /** `undefined`: introspection is off, and so is this. */
  readonly schema: GraphQLSchema | undefined;
  readonly landing: Omit<LandingOptions, 'hasExplorer' | 'hasSchema'>;
};

/** A request that reads, as far as pages look at it. */
export type PageRequest = { readonly path: string; readonly headers: Headers };

/** All pages of a gateway. */
export type Pages = {
  /** Where there is one. */
  readonly paths: readonly string[];
  /** The answer of the page that is asked for; nothing when no page is. */
  readonly answer: (request: PageRequest) => Promise<PageAnswer> | undefined;
};

/** What a browser sees at a path, and what everyone else gets; without the one, the path is not theirs. */
type Views = { readonly browser?: Page; readonly machine?: Page };

/** Puts the pages together. None is made before it is asked for. */
export function createPages(options: PagesOptions): Pages {
  const views = new Map<string, Views>([
    ['/', landingViews(options)],
    ['/favicon.svg', forAll(async () => faviconFile)],
    ...schemaViews(options),
    ...explorerViews(options),
  ]);
  const answer: Pages['answer'] = ({ path, headers }) => {
    const known = views.get(path);
    return (wantsHtml(headers.get('accept')) ? known?.browser : known?.machine)?.(headers);
  };
  return { paths: [...views.keys()], answer };
}

function landingViews({ explorer, schema, landing }: PagesOptions): Views {
  const options = { ...landing, hasExplorer: explorer !== undefined, hasSchema: schema !== undefined };
  return {
    browser: createPage(async () => landingPage(options)),
    machine: createPage(async () => landingJson(options)),
  };
}

function schemaViews({ schema }: PagesOptions): readonly (readonly [string, Views])[] {
  return schema === undefined ? [] : [['/schema.graphql', forAll(async () => schemaPage(schema))]];
}

function explorerViews({ explorer }: PagesOptions): readonly (readonly [string, Views])[] {
  if (explorer === undefined) return [];
  const assets = Object.entries(explorerAssets).map(([path, load]) => [path, forAll(load)] as const);
  return [['/graphql', { browser: createPage(async () => explorerPage(explorer)) }], ...assets];
}

function forAll(load: () => Promise<PageContent>): Views {
  const page = createPage(load);
  return { browser: page, machine: page };
}

const faviconFile: PageContent = { mediaType: 'image/svg+xml', text: favicon, policy: inertPolicy };
