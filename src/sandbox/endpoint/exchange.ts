/** One HTTP exchange as the routes see it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxState } from './state.ts';

/** One request and its response, with the URL taken apart. */
export type Exchange = {
  readonly state: SandboxState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly rawQuery: string;
  /** Aborts when either side closes the response. It ends a wait. */
  readonly closed: AbortSignal;
};

/** Serves one method of one path. */
export type Route = (exchange: Exchange) => void | Promise<void>;

/** Routes by path, then by method. Node's parser passes no target or method that `Object` inherits. */
export type RouteTable = Readonly<Record<string, Readonly<Record<string, Route>>>>;

/** Takes a request apart. It throws for no request line. */
export function openExchange(
  state: SandboxState,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  const closing = new AbortController();
  response.once('close', () => closing.abort());
  return { state, request, response, path, rawQuery: rest.join('?'), closed: closing.signal };
}
