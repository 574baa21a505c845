/**
 * Which pages this gateway shows, by its settings.
 */
import type { Config } from '../../config.ts';
import { deriveKeys } from '../../ledger/secret-keys.ts';
import type { ExplorerOptions } from './explorer-page.ts';
import { createPages, type Pages } from './pages.ts';
import { tellStory } from './story.ts';
import { sandboxCast, unknownCast } from './story-cast.ts';

/** The settings that pages depend on. */
export type PageSettings = Pick<Config, 'graphiql' | 'idSecret'> & {
  readonly upstream: { readonly mode: Config['upstream']['mode'] };
};

/** The pages. `sandboxUrl` stands where the built-in sandbox is the upstream. */
export function pagesOf(settings: PageSettings, sandboxUrl: string | undefined): Pages {
  return createPages({ explorer: settings.graphiql ? explorerOf(settings, sandboxUrl) : undefined });
}

function explorerOf({ idSecret, upstream }: PageSettings, sandboxUrl: string | undefined): ExplorerOptions {
  const inSandbox = sandboxUrl !== undefined;
  const cast = inSandbox ? sandboxCast(deriveKeys(idSecret).cursors) : unknownCast;
  return { story: tellStory(cast, { inSandbox }), needsCredentials: upstream.mode === 'forward' };
}
