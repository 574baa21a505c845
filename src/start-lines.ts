/**
 * What is said when the gateway listens: to a person, lines to act on; in production, fields of one log
 * line. Pure. Tells the upstream's host, never its path, and of credentials only whose they are.
 */

import type { Config } from './config.ts';

/** Where things listen. `sandboxUrl` stands where the built-in sandbox answers. */
export type Listening = {
  readonly config: Pick<Config, 'upstream' | 'graphiql' | 'warnings'>;
  readonly url: string;
  readonly sandboxUrl: string | undefined;
};

/** Whose credentials go upstream, in words. */
const credentialsIn: Readonly<Record<Config['upstream']['mode'], string>> = {
  sandbox: 'none needed: the sandbox is open to everyone who can connect',
  forward: 'each caller’s own go upstream; the gateway has none',
  service: 'the gateway’s own, for every caller (ALLOW_ANONYMOUS=true)',
};

const upstreamIn = ({ config: { upstream }, sandboxUrl }: Listening): string =>
  upstream.mode === 'sandbox'
    ? `built-in sandbox with demonstration data, ${sandboxUrl}`
    : new URL(upstream.url).host;

/** The lines that a person reads in the terminal: where to click, what answers, what to mind. */
export const describeForPerson = (listening: Listening): string => {
  const { config, url } = listening;
  return [
    '',
    '  Ledger balances in GraphQL',
    '',
    `  Endpoint      ${url}/graphql${config.graphiql ? '   in a browser: GraphiQL' : ''}`,
    `  Upstream      ${upstreamIn(listening)}`,
    `  Credentials   ${credentialsIn[config.upstream.mode]}`,
    `  Health        ${url}/readyz`,
    '',
    ...config.warnings.map((warning) => `  Mind: ${warning}`),
    ...(config.warnings.length > 0 ? [''] : []),
    '  Stop with Ctrl-C.',
    '',
    '',
  ].join('\n');
};

/** The fields of the log line that says that the gateway listens. */
export const describeForLog = (listening: Listening) => {
  const { upstream, graphiql } = listening.config;
  const upstreamHost = upstream.mode === 'sandbox' ? null : new URL(upstream.url).host;
  return { url: listening.url, mode: upstream.mode, upstreamHost, graphiql };
};
