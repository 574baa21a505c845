/** The connections to the upstream, direct or through a proxy. Knows neither its paths nor who calls. */

import { type Dispatcher, Pool } from 'undici';
import { createSlots, type Slots } from '../budget/slots.ts';
import { connectingWithCall, createConnector } from './connector.ts';
import { createTunnel, type ProxyOptions, proxyFor } from './proxy.ts';

/** How connections are made. */
export type DispatcherOptions = ProxyOptions & {
  /** Most connections, and so calls, at a time. Further calls wait for a free one. */
  readonly maxConcurrency: number;
};

/**
 * Open connections to one origin. A call through `undici` must hold one of the `slots`, of which there are as many as
 * connections, so that no request ever waits inside undici. A request that was given up while it waited there stays queued
 * and, when its turn comes, costs its connection: after a burst of cancelled calls undici 7.30 does nothing but connect and
 * disconnect until the last of them is through.
 */
export type Connections = {
  readonly undici: Dispatcher;
  readonly slots: Slots;
  /** Ends all of them at once. */
  readonly close: () => Promise<void>;
};

/** Opens connections to an origin, such as `https://eu.api.example.com`, as they are needed. */
export type CallDispatcher = { readonly open: (origin: string) => Connections };

/**
 * Builds the dispatcher for all calls of a process. Never reads the environment. TLS takes the CAs that Node knows,
 * NODE_EXTRA_CA_CERTS included.
 *
 * A pool for the one origin, not undici's `Agent`: when all connections of an origin end at once, as when
 * an operation with many calls is cancelled, the agent of 7.30 replaces its pool, counts the old one's
 * disconnects against the new one and replaces that as well, and so on. From then on, every call makes a
 * connection of its own.
 */
export function createDispatcher({ maxConcurrency, ...proxyOptions }: DispatcherOptions): CallDispatcher {
  return {
    open(origin) {
      const proxy = proxyFor(new URL(origin), proxyOptions);
      const tunnel = proxy === undefined ? undefined : createTunnel(proxy);
      const connect = connectingWithCall(tunnel?.connect ?? createConnector());
      const undici = new Pool(origin, { connections: maxConcurrency, connect });
      const close = async () => {
        await Promise.all([undici.destroy(), tunnel?.close()]);
      };
      return { undici, slots: createSlots(maxConcurrency), close };
    },
  };
}
