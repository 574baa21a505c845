/** The upstream's process, asked and told over HTTP. */

import { launch, untilDone } from './launch.ts';
import { upstreamLaunch } from './line-up.ts';

/** A running upstream. */
export type Upstream = {
  readonly url: string;
  /** Calls since its start. */
  readonly countCalls: () => Promise<number>;
  /** Makes each later answer wait. */
  readonly setLatency: (latencyMs: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts the upstream; resolves when it answers. */
export async function startUpstream(): Promise<Upstream> {
  const { port, stop } = await launch(upstreamLaunch);
  const url = `http://127.0.0.1:${port}`;
  const control = async (query: string): Promise<{ readonly calls: number }> => {
    const response = await fetch(`${url}/control${query}`);
    return JSON.parse(await response.text());
  };
  await untilDone(() => control(''));
  return {
    url,
    countCalls: async () => (await control('')).calls,
    setLatency: async (latencyMs) => void (await control(`?latencyMs=${latencyMs}`)),
    stop,
  };
}
