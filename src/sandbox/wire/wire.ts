/** What the sandbox writes as one HTTP answer, and the plain pages that a server without an application sends. */

import type { ServerResponse } from 'node:http';

/** A whole answer. `send` adds `Content-Length`. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An answer with a JSON text. */
export function jsonAnswer(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8' }, body };
}

/** An answer with the HTML page that a server or load balancer sends when no application answers. */
export function htmlAnswer(status: number, title: string, headers: Record<string, string> = {}): WireAnswer {
  const body = `<html>\n<head><title>${status} ${title}</title></head>\n<body><center><h1>${status} ${title}</h1></center></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** An answer without a body. */
export function emptyAnswer(status: number): WireAnswer {
  return { status, headers: {}, body: '' };
}

/** 401 as the endpoint sends it: without JSON. */
export const unauthorizedAnswer = emptyAnswer(401);

/** 403 as the endpoint sends it: without JSON. */
export const forbiddenAnswer = htmlAnswer(403, 'Forbidden');

/** 429. `retryAfter` is the header's text; `undefined` sends no header. */
export function rateLimitedAnswer(retryAfter: string | undefined): WireAnswer {
  return htmlAnswer(429, 'Too Many Requests', retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** Sends a whole answer. `chunked` leaves its length unannounced. */
export function send(response: ServerResponse, answer: WireAnswer, chunked = false): void {
  const length = chunked ? {} : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.body);
}
