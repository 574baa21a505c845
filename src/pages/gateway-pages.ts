/**
 * Which pages this gateway shows, by its settings.
 */
import { isLoopback } from '../config/allowed-hosts.ts';
import type { Config } from '../config.ts';
import { deriveKeys } from '../ledger/sealing/secret-keys.ts';
import { schema } from '../schema/schema.ts';
import type { Chapter } from './chapter.ts';
import { createPages, type Pages } from './pages.ts';
import { tellStory } from './story.ts';
import { sandboxCast, unknownCast } from './story-cast.ts';

/** The settings that pages depend on. */
export type PageSettings = Pick<Config, 'host' | 'graphiql' | 'introspection' | 'idSecret'> & {
  readonly upstream: { readonly mode: Config['upstream']['mode'] };
};

/** The pages. `sandboxUrl` stands where the built-in sandbox is the upstream. */
export function pagesOf(settings: PageSettings, sandboxUrl: string | undefined): Pages {
  const needsCredentials = settings.upstream.mode === 'forward';
  return createPages({
    explorer: settings.graphiql ? { story: storyOf(settings, sandboxUrl), needsCredentials } : undefined,
    schema: settings.introspection ? schema : undefined,
    landing: { sandboxUrl, isSandboxInReach: isLoopback(settings.host), needsCredentials },
  });
}

function storyOf({ idSecret }: PageSettings, sandboxUrl: string | undefined): readonly Chapter[] {
  const inSandbox = sandboxUrl !== undefined;
  const cast = inSandbox ? sandboxCast(deriveKeys(idSecret).cursors) : unknownCast;
  return tellStory(cast, { inSandbox });
}
