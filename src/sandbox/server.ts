/**
 * The endpoint's built-in twin over real HTTP: for the first run, demonstrations and tests. Nothing but
 * `main` and tests may import it, and it knows nothing of the gateway.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { members as demoMembers } from './demo/members.ts';
import type { Call } from './endpoint/call-log.ts';
import { type Credentials, knownByDefault } from './endpoint/credentials.ts';
import { openExchange } from './endpoint/exchange.ts';
import { createState, type SandboxState } from './endpoint/state.ts';
import type { Fault } from './faults/faults.ts';
import type { Member } from './ledger/member.ts';
import { serve } from './routes.ts';
import { send } from './wire/wire.ts';
import { htmlAnswer } from './wire/wire-answer.ts';

/** How a sandbox is to behave. Every setting may be left out. */
export type SandboxOptions = {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`: demonstration credentials are public, so nobody else should reach it. */
  readonly host?: string;
  /** Served over TLS with this key and certificate (PEM). Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Largest page. Default 10, which is what the reference's older edition says; the later says 100. */
  readonly maxLimit?: number;
  /**
   * What happens to a larger `limit`, which the reference does not say. Default `cap`: `maxLimit` is taken,
   * and the answer's `pageSize` says so. `reject`: refused with code 400.
   */
  readonly overLimit?: 'cap' | 'reject';
  /** Calls per credential in any 60 s, token calls included; beyond it 429 with `Retry-After`. Default: any. */
  readonly callsPerMinute?: number;
  /** HTTP status of failure bodies: 400 (default, the documented one) or 200, as siblings send it. */
  readonly failureStatus?: 200 | 400;
  /** Default: the demonstration members. */
  readonly members?: readonly Member[];
  /** Default: the demonstration credentials. */
  readonly credentials?: Credentials;
  /** Life of an access token, as announced and as kept. Default 300, as in the reference's sample. */
  readonly tokenTtlSeconds?: number;
  /** So many calls are remembered at least. Default 10,000, so that a long demonstration does not grow. */
  readonly keptCalls?: number;
  /** Clock in milliseconds, for the rate limit, tokens and the call log. Default `Date.now`. */
  readonly now?: () => number;
};

/** A running sandbox. */
export type Sandbox = {
  /** Base URL without a slash at the end, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  /** The calls to the ledger endpoint, oldest first, each as it stands now. */
  readonly calls: () => readonly Call[];
  /** The calls to the token endpoint. */
  readonly tokenCalls: () => readonly Call[];
  /** Ledger calls since start or `reset`, forgotten ones included. */
  readonly callCount: () => number;
  /** Resolves when the ledger calls satisfy `isSeen`, judged whenever one comes or ends: no need to sleep. */
  readonly until: (isSeen: (calls: readonly Call[]) => boolean) => Promise<void>;
  /** Switches on exactly these faults; `[]` switches all off. */
  readonly setFaults: (faults: readonly Fault[]) => void;
  /** The faults that are switched on, with the number of calls that each has hit. */
  readonly faults: () => readonly { readonly fault: Fault; readonly hits: number }[];
  /** Answers from these members from now on. */
  readonly setMembers: (members: readonly Member[]) => void;
  /** Makes all access tokens invalid at once. */
  readonly revokeTokens: () => void;
  /** Forgets calls, faults and the rate window; members and tokens stay. */
  readonly reset: () => void;
  /** Stops listening and breaks off whatever is still open, hanging calls included. */
  readonly close: () => Promise<void>;
};

/**
 * Starts a sandbox and resolves once it listens.
 * @throws the system's error if the port cannot be listened on.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = openState(options);
  const server = openServer(state, options.tls);
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const host = options.host ?? '127.0.0.1';
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
    close: () => close(server),
  };
}

function openState(options: SandboxOptions): SandboxState {
  const behaviour = {
    maxLimit: options.maxLimit ?? 10,
    overLimit: options.overLimit ?? 'cap',
    callsPerMinute: options.callsPerMinute ?? Number.POSITIVE_INFINITY,
    failureStatus: options.failureStatus ?? 400,
    tokenTtlSeconds: options.tokenTtlSeconds ?? 300,
    keptCalls: options.keptCalls ?? 10_000,
    credentials: options.credentials ?? knownByDefault,
    now: options.now ?? Date.now,
  } as const;
  return createState(behaviour, options.members ?? demoMembers);
}

function openServer(state: SandboxState, tls: SandboxOptions['tls']): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void answer(state, request, response);
  };
  // A client that reuses a connection at the very moment it times out sees a reset: one minute keeps that
  // race out of tests that are not about it.
  const timing = { keepAliveTimeout: 60_000 };
  return tls ? createTlsServer({ ...timing, ...tls }, listener) : createServer(timing, listener);
}

/** Never rejects: whatever goes wrong inside is a 500 if an answer can still be sent. */
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
