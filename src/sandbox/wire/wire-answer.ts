/** What goes over the wire as one answer, and the plain pages that such servers send. Pure. */

/** A whole answer. `Content-Length` is added when it is sent. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An answer with a JSON text. */
export function jsonAnswer(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8' }, body };
}

/** An answer with the HTML page that a server or load balancer sends when no application does. */
export function htmlAnswer(status: number, title: string, headers: Record<string, string> = {}): WireAnswer {
  const body = `<html>\n<head><title>${status} ${title}</title></head>\n<body><center><h1>${status} ${title}</h1></center></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}): WireAnswer {
  return { status, headers, body: '' };
}

/** 401 as the endpoint gives it: no JSON. */
export const unauthorizedAnswer = emptyAnswer(401);

/** 403 as the endpoint gives it: no JSON. */
export const forbiddenAnswer = htmlAnswer(403, 'Forbidden');

/** 429; `retryAfter` is the header's text, `undefined` sends none. */
export function rateLimitedAnswer(retryAfter: string | undefined): WireAnswer {
  return htmlAnswer(429, 'Too Many Requests', retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}
