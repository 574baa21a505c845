/** One HTTP exchange as the routes see it: the request taken apart, and its body read within a bound. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxState } from './state.ts';

/** One request and its response, with the URL taken apart. */
export type Exchange = {
  readonly state: SandboxState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly rawQuery: string;
  /** Ends pending waits when the response is closed, by whichever side. */
  readonly closed: AbortSignal;
};

/** Serves one method of one path. */
export type Route = (exchange: Exchange) => void | Promise<void>;

/** No body that the sandbox takes needs more. */
const maxBodyBytes = 65_536;

/** Takes a request apart. Never throws, whatever the request line holds. */
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

/** The body as text, or `undefined` if it is larger than 64 KiB. Rejects if the client leaves meanwhile. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** The JSON value of a text, or `undefined` if it is none. */
export function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Whether a JSON value is an object, so that its members may be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
