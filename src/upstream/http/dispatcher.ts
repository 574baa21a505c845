/** Connections to the upstream, direct or through a proxy. Knows neither paths nor callers. */

import { type Dispatcher, Pool } from 'undici';
import { createSlots, type Slots } from '../budget/slots.ts';
import { connectingWithCall, createConnector } from './connector.ts';
import { createTunnel, type ProxyOptions, proxyFor } from './proxy.ts';

/** How connections are made. */
export type DispatcherOptions = ProxyOptions & {
  /** Most connections at a time, and so most calls in flight. Further calls wait for a slot. */
  readonly maxConcurrency: number;
};

/**
 * Connections to one origin. A call through `undici` must hold one of the `slots`. There are as many slots as
 * connections, so no request ever waits inside undici. There, undici 7.30 does not drop a cancelled request from its
 * queue: when its turn comes, it closes its connection. After a burst of cancelled calls undici would only connect and
 * disconnect for a while.
 */
export type Connections = {
  readonly undici: Dispatcher;
  readonly slots: Slots;
  /** Ends all connections at once. */
  readonly close: () => Promise<void>;
};

/** What every call to the endpoint needs. */
export type Endpoint = {
  /** Scheme, host, port; and the path before the endpoint's own, which may be empty. */
  readonly origin: string;
  readonly pathPrefix: string;
  /** Time limit of one call, in milliseconds, from the moment that it goes out. */
  readonly timeoutMs: number;
  /** The monotonic clock in milliseconds, and milliseconds since 1970. */
  readonly now: () => number;
  readonly wallNow: () => number;
};

/** `open` opens connections to an origin such as `https://eu.api.example.com`, each when it is needed. */
export type CallDispatcher = { readonly open: (origin: string) => Connections };

/**
 * Builds the dispatcher for all calls of a process. Does not read the environment. TLS trusts the CAs that Node knows,
 * NODE_EXTRA_CA_CERTS included. undici's own timeouts for answers are off, because each call has one that covers them.
 *
 * Uses a pool for the one origin, not undici's `Agent`. When all connections end at once, as when an operation with many
 * calls is cancelled, the agent of 7.30 replaces its pool. It then counts the disconnects of the old pool against the new
 * one, replaces that as well, and so on: from then on every call opens a connection of its own.
 */
export function createDispatcher({ maxConcurrency, ...proxyOptions }: DispatcherOptions): CallDispatcher {
  return {
    open(origin) {
      const proxy = proxyFor(new URL(origin), proxyOptions);
      const tunnel = proxy === undefined ? undefined : createTunnel(proxy);
      const connect = connectingWithCall(tunnel?.connect ?? createConnector());
      const undici = new Pool(origin, {
        connections: maxConcurrency,
        connect,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const close = async () => {
        await Promise.all([undici.destroy(), tunnel?.close()]);
      };
      return { undici, slots: createSlots(maxConcurrency), close };
    },
  };
}
