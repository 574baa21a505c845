/**
 * What pages may do in a browser: the Content-Security-Policy of each kind, and the headers that all have. Pure.
 */
import { createHash } from 'node:crypto';

/** Holds for every page: nothing is loaded, framed, submitted or rebased unless a policy adds to it. */
const nothingElse = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
};

const write = (directives: Readonly<Record<string, string>>): string =>
  Object.entries({ ...nothingElse, ...directives })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');

/** For what is no page at all: scripts, styles, text. */
export const inertPolicy = write({});

/** For a page without scripts, whose one style element holds exactly `style`. */
export function staticPolicy(style: string): string {
  return write({ 'style-src': hashSource(style), 'img-src': "'self'" });
}

/**
 * For GraphiQL. Scripts and workers are files of this server. Its editor measures text by styles that it writes
 * into the page, so those must be allowed inline; its style sheet carries fonts and pictures as `data:`.
 */
export const explorerPolicy = write({
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
});

/** On every answer: no guessing of types, no referrer, no company in its process or in foreign pages. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
