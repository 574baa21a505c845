/**
 * The built-in twin of the endpoint over real HTTP, for the first run, demonstrations and tests. It knows nothing of
 * the gateway.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { controlRoutes } from './control/control.ts';
import { members as demoMembers } from './demo/members.ts';
import type { Call } from './endpoint/call-log.ts';
import { type Credentials, demoCredentials } from './endpoint/credentials.ts';
import { ledgerPath, serveLedger, serveToken, tokenPath } from './endpoint/endpoint.ts';
import { type Exchange, openExchange, type RouteTable } from './endpoint/exchange.ts';
import { type AttachedGateway, createState, type SandboxState } from './endpoint/state.ts';
import type { Fault } from './faults/faults.ts';
import type { Member } from './ledger/member.ts';
import { htmlAnswer, send } from './wire/wire.ts';

/** How a sandbox behaves. Every member may be left out. */
export type SandboxOptions = {
  /** Default 0: the system picks a free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: the demonstration credentials are public, so no other machine should reach it. */
  readonly host?: string;
  /** Key and certificate (PEM) for TLS. Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Largest page. Default 10, as the reference's older edition says; the later one says 100. */
  readonly maxLimit?: number;
  /**
   * What happens to a larger `limit`; the reference does not say it. Default `cap`: it serves `maxLimit`, and
   * `pageSize` says so. `reject`: it refuses with code 400.
   */
  readonly overLimit?: 'cap' | 'reject';
  /** Calls per credential in any 60 s, token calls included. Beyond: 429 with `Retry-After`. Default: no limit. */
  readonly callsPerMinute?: number;
  /** HTTP status of failure bodies: 400 (default, as documented) or 200, as sibling endpoints send it. */
  readonly failureStatus?: 200 | 400;
  /** Default: the demonstration members. */
  readonly members?: readonly Member[];
  /** Default: the demonstration credentials. */
  readonly credentials?: Credentials;
  /** Life of an access token. Default 300, as in the reference's sample. */
  readonly tokenTtlSeconds?: number;
  /** Calls that the log remembers at least. Default 10,000: a long demonstration must not fill the memory. */
  readonly rememberedCalls?: number;
  /** Clock in milliseconds, for the rate limit, tokens and the call log. Default `Date.now`. */
  readonly now?: () => number;
};

/** A running sandbox. */
export type Sandbox = {
  /** Base URL for this machine, without a slash at the end, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  /** The calls to the ledger endpoint, oldest first, each as it stands now. */
  readonly calls: () => readonly Call[];
  /** The calls to the token endpoint. */
  readonly tokenCalls: () => readonly Call[];
  /** Ledger calls since start or `reset`, forgotten calls included. */
  readonly callCount: () => number;
  /** Resolves when `isSeen` is true of the ledger calls. It is called at once, and after every change. */
  readonly until: (isSeen: (calls: readonly Call[]) => boolean) => Promise<void>;
  /** Switches on exactly these faults. `[]` switches all off. */
  readonly setFaults: (faults: readonly Fault[]) => void;
  /** The faults that are switched on, with the number of calls that each has hit. */
  readonly faults: () => readonly { readonly fault: Fault; readonly hits: number }[];
  /** Answers from these members from now on. */
  readonly setMembers: (members: readonly Member[]) => void;
  /** Makes all access tokens invalid. */
  readonly revokeTokens: () => void;
  /** Forgets calls, faults and the rate window. Members and tokens stay. The control endpoint does the same. */
  readonly reset: () => void;
  /** Names the gateway in front: a reset then resets it as well, and the control page links to it. */
  readonly attachGateway: (gateway: AttachedGateway) => void;
  /** Stops listening, and closes every connection, also those of hanging calls. */
  readonly close: () => Promise<void>;
};

/**
 * Starts a sandbox, and resolves when it listens.
 * @throws the system's error if it cannot listen on the port.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = openState(options);
  const server = openServer(state, options.tls);
  const listeningHost = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, listeningHost);
  const host = loopbackOf[listeningHost] ?? listeningHost;
  return {
    url: `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    calls: state.ledgerCalls.calls,
    tokenCalls: state.tokenCalls.calls,
    callCount: state.ledgerCalls.count,
    until: state.ledgerCalls.until,
    setFaults: state.faults.set,
    faults: state.faults.list,
    setMembers: state.setMembers,
    revokeTokens: state.tokens.revoke,
    reset: state.reset,
    attachGateway: state.attachGateway,
    close: () => close(server),
  };
}

/** An address of this machine for each wildcard address, which not every system connects to. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const knownByDefault: Credentials = {
  basic: [demoCredentials.basic, demoCredentials.forbiddenBasic],
  oauth: [demoCredentials.oauth],
};

function openState(options: SandboxOptions): SandboxState {
  const behaviour = {
    maxLimit: options.maxLimit ?? 10,
    overLimit: options.overLimit ?? 'cap',
    callsPerMinute: options.callsPerMinute ?? Number.POSITIVE_INFINITY,
    failureStatus: options.failureStatus ?? 400,
    tokenTtlSeconds: options.tokenTtlSeconds ?? 300,
    rememberedCalls: options.rememberedCalls ?? 10_000,
    credentials: options.credentials ?? knownByDefault,
    now: options.now ?? Date.now,
  } as const;
  return createState(behaviour, options.members ?? demoMembers);
}

function openServer(state: SandboxState, tls: SandboxOptions['tls']): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void answer(state, request, response);
  };
  // A client that reuses a connection at the moment of its timeout sees a reset. One minute keeps this race out of
  // tests.
  const timing = { keepAliveTimeout: 60_000 };
  return tls ? createTlsServer({ ...timing, ...tls }, listener) : createServer(timing, listener);
}

const routes: RouteTable = {
  [ledgerPath]: { GET: serveLedger },
  [tokenPath]: { POST: serveToken },
  ...controlRoutes,
};

/** Serves one exchange. An unknown path is 404; an unknown method is 405 with `Allow`. */
async function serve(exchange: Exchange): Promise<void> {
  const methods = routes[exchange.path];
  if (!methods) return refuse(exchange, 404, 'Not Found');
  const route = methods[exchange.request.method ?? ''];
  if (!route) return refuse(exchange, 405, 'Method Not Allowed', { allow: Object.keys(methods).join(', ') });
  await route(exchange);
}

function refuse({ request, response }: Exchange, status: number, title: string, headers = {}): void {
  // An unread body would block the next request on the connection.
  request.resume();
  send(response, htmlAnswer(status, title, headers));
}

/** Never rejects: it answers 500 for a failure inside, if it can still answer. */
async function answer(
  state: SandboxState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await serve(openExchange(state, request, response));
  } catch {
    if (!response.headersSent && !response.destroyed)
      send(response, htmlAnswer(500, 'Internal Server Error'));
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
