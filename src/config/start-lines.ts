/**
 * What the gateway writes when it starts to listen: lines for a person or, in production, the fields of one log line. Pure.
 * Shows the upstream's host, but neither its path nor credentials.
 */

import type { Config } from '../config.ts';
import { isLoopback } from './allowed-hosts.ts';

/** What listens where. `sandboxUrl` only with the built-in sandbox, `adminUrl` only with ADMIN_PORT. */
export type Listening = {
  readonly config: Pick<Config, 'host' | 'sandboxHost' | 'upstream' | 'graphiql' | 'tracesTo' | 'warnings'>;
  readonly url: string;
  readonly sandboxUrl: string | undefined;
  readonly adminUrl?: string | undefined;
};

/** The line about credentials, for each mode. */
const credentialsLines: Readonly<Record<Config['upstream']['mode'], string>> = {
  sandbox: 'none needed: the sandbox is open to everyone who can connect',
  forward: 'each caller’s own go upstream; the gateway has none',
  service: 'the gateway’s own, for every caller (ALLOW_ANONYMOUS=true)',
};

const upstreamLine = ({ upstream }: Listening['config']): string =>
  upstream.mode === 'sandbox' ? 'the built-in sandbox, with demonstration data' : new URL(upstream.url).host;

/** The lines with links for a browser. */
function linkLines({ config, url, sandboxUrl, adminUrl }: Listening): readonly string[] {
  // If other machines can reach the gateway but not the sandbox, the reader may be on one, or on a container's host.
  const isReachable =
    sandboxUrl !== undefined && (isLoopback(config.host) || !isLoopback(config.sandboxHost));
  return [
    `  Start here    ${url}`,
    ...(config.graphiql ? [`  GraphiQL      ${url}/graphql  (ready-made queries, one tab each)`] : []),
    ...(isReachable ? [`  Sandbox       ${sandboxUrl}/_sandbox  (members, faults, calls)`] : []),
    ...(adminUrl === undefined ? [] : [`  Operators     ${adminUrl}/metrics  and /readyz`]),
  ];
}

/** A first query as a command. Only for the sandbox, which has a known member. */
function firstQueryLines({ url, sandboxUrl }: Listening): readonly string[] {
  if (sandboxUrl === undefined) return [];
  const query = '{ customer(identifier: { name: MOBILE, value: \\"447700900001\\" }) { firstName } }';
  return [
    '  Or in another terminal:',
    '',
    `  curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"${query}"}'`,
    '',
  ];
}

/** The lines for a terminal: links, upstream, credentials, a first query, and the warnings. */
export function describeForPerson(listening: Listening): string {
  const { config, url } = listening;
  return [
    '',
    '  Ledger balances in GraphQL',
    '',
    ...linkLines(listening),
    `  Endpoint      ${url}/graphql  (POST)`,
    '',
    `  Upstream      ${upstreamLine(config)}`,
    `  Credentials   ${credentialsLines[config.upstream.mode]}`,
    ...(config.tracesTo === undefined ? [] : [`  Traces        sent to ${config.tracesTo}`]),
    '',
    ...firstQueryLines(listening),
    ...config.warnings.map((warning) => `  Mind: ${warning}`),
    ...(config.warnings.length > 0 ? [''] : []),
    '  Stop with Ctrl-C.',
    '',
    '',
  ].join('\n');
}

/** The fields of the log line `listening`. */
export function describeForLog({ config, url, adminUrl }: Listening) {
  const { upstream, graphiql, tracesTo } = config;
  return {
    url,
    ...(adminUrl && { adminUrl }),
    mode: upstream.mode,
    upstreamHost: upstream.mode === 'sandbox' ? null : new URL(upstream.url).host,
    graphiql,
    ...(tracesTo && { tracesTo }),
  };
}
