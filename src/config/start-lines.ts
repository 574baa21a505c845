/**
 * What the gateway writes when it listens: lines for a person or, in production, fields of one log line. Pure. Shows the
 * upstream's host, never its path or credentials.
 */

import type { Config } from '../config.ts';
import { isLoopback } from './allowed-hosts.ts';

/** Where everything listens. Without the built-in sandbox there is no `sandboxUrl`, without ADMIN_PORT no `adminUrl`. */
export type Listening = {
  readonly config: Pick<Config, 'host' | 'upstream' | 'graphiql' | 'tracesTo' | 'warnings'>;
  readonly url: string;
  readonly sandboxUrl: string | undefined;
  readonly adminUrl?: string | undefined;
};

/** Whose credentials go upstream. */
const credentialsIn: Readonly<Record<Config['upstream']['mode'], string>> = {
  sandbox: 'none needed: the sandbox is open to everyone who can connect',
  forward: 'each caller’s own go upstream; the gateway has none',
  service: 'the gateway’s own, for every caller (ALLOW_ANONYMOUS=true)',
};

function upstreamIn({ upstream }: Listening['config']): string {
  return upstream.mode === 'sandbox'
    ? 'the built-in sandbox, with demonstration data'
    : new URL(upstream.url).host;
}

/** What can be opened in a browser. */
function linksIn({ config, url, sandboxUrl, adminUrl }: Listening): readonly string[] {
  return [
    `  Start here    ${url}`,
    config.graphiql ? `  GraphiQL      ${url}/graphql  (ready-made queries, one tab each)` : '',
    sandboxIn({ config, sandboxUrl }),
    adminUrl === undefined ? '' : `  Operators     ${adminUrl}/metrics  and /readyz`,
  ];
}

/** The sandbox listens on the loopback. From another machine, or from a container's host, it cannot be reached. */
function sandboxIn({ config, sandboxUrl }: Pick<Listening, 'config' | 'sandboxUrl'>): string {
  return sandboxUrl !== undefined && isLoopback(config.host)
    ? `  Sandbox       ${sandboxUrl}/_sandbox  (members, faults, calls)`
    : '';
}

/** The first query, as one command. Only the sandbox has a known member. */
function firstTry({ url, sandboxUrl }: Listening): readonly string[] {
  if (sandboxUrl === undefined) return [];
  const query = '{ customer(identifier: { name: MOBILE, value: \\"447700900001\\" }) { firstName } }';
  return [
    '  Or in another terminal:',
    '',
    `  curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"${query}"}'`,
    '',
  ];
}

/** The lines for a terminal: what to open, what answers, what to try, and the warnings. */
export function describeForPerson(listening: Listening): string {
  const { config, url } = listening;
  return [
    '',
    '  Ledger balances in GraphQL',
    '',
    ...linksIn(listening).filter((line) => line !== ''),
    `  Endpoint      ${url}/graphql  (POST)`,
    '',
    `  Upstream      ${upstreamIn(config)}`,
    `  Credentials   ${credentialsIn[config.upstream.mode]}`,
    ...(config.tracesTo === undefined ? [] : [`  Traces        sent to ${config.tracesTo}`]),
    '',
    ...firstTry(listening),
    ...config.warnings.map((warning) => `  Mind: ${warning}`),
    ...(config.warnings.length > 0 ? [''] : []),
    '  Stop with Ctrl-C.',
    '',
    '',
  ].join('\n');
}

/** The fields of the log line `listening`. */
export function describeForLog(listening: Listening) {
  const { upstream, graphiql, tracesTo } = listening.config;
  const upstreamHost = upstream.mode === 'sandbox' ? null : new URL(upstream.url).host;
  const { url, adminUrl } = listening;
  return {
    url,
    ...(adminUrl && { adminUrl }),
    mode: upstream.mode,
    upstreamHost,
    graphiql,
    ...(tracesTo && { tracesTo }),
  };
}
