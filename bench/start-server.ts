/** Starts a server, and measures how long it takes until it answers. */

import { errorLog, launch, untilDone } from './launch.ts';
import type { Server } from './line-up.ts';
import { askOnce } from './load.ts';
import type { Running } from './measure.ts';
import { createBodyWriter, firstOperation, identifierOf } from './operations.ts';
import type { Upstream } from './upstream-process.ts';

/** How long a server took from its start to its first answer. */
export type Start = { readonly server: string; readonly milliseconds: number };

/** Starts a server; resolves when it has answered the first operation. */
export async function startServer(
  server: Server,
  isCached: boolean,
  upstream: Upstream,
): Promise<Running & Start> {
  const body = createBodyWriter(firstOperation, server.language)([identifierOf(0)]);
  const startedAt = performance.now();
  const launched = await launch(server.launch(upstream.url, isCached));
  try {
    await untilDone(() => askOnce(launched.port, body));
  } catch (error) {
    await launched.stop();
    throw new Error(`${server.name} gives no first answer; see ${errorLog}`, { cause: error });
  }
  return { server: server.name, milliseconds: performance.now() - startedAt, of: server, process: launched };
}
