/** The connections to the upstream, direct or through a proxy. Knows neither its address nor its paths. */

import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { createProxyPool, createTunnelPool } from './tunnel.ts';

/** How connections are made. Proxies are URLs; `noProxy` is a list of hosts as NO_PROXY has it. */
export type DispatcherOptions = {
  /** Most connections, and so calls, at a time; further calls wait for a free one. */
  readonly maxConcurrency: number;
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
};

/** A proxy elsewhere has another loopback than we: as in curl and Go, these are always met directly. */
const loopbackHosts = 'localhost,127.0.0.1,[::1]';

/**
 * The dispatcher for all calls of a process. Proxies are reached over CONNECT, whichever the upstream's
 * scheme; `httpProxy` serves `https:` as well if `httpsProxy` is not given, as undici has it. Never reads the
 * environment: what is not given is not used. TLS takes the CAs that Node knows, NODE_EXTRA_CA_CERTS
 * included.
 */
export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { maxConcurrency: connections, httpProxy = '', httpsProxy = '', noProxy = '' } = options;
  if (httpProxy === '' && httpsProxy === '') return new Agent({ connections });
  return new EnvHttpProxyAgent({
    connections,
    factory: createTunnelPool,
    clientFactory: createProxyPool,
    httpProxy, // An empty string, unlike undefined, keeps undici from looking into the environment.
    httpsProxy,
    noProxy: noProxy.trim() === '*' ? '*' : `${noProxy},${loopbackHosts}`,
  });
};
