/** What pages may do in a browser: the Content-Security-Policy of each kind, and the headers of all. Pure. */

import { createHash } from 'node:crypto';

/** The start of every policy: nothing is loaded, framed, submitted or rebased. */
const nothingElse = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
};

function write(directives: Readonly<Record<string, string>>): string {
  return Object.entries({ ...nothingElse, ...directives })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** For files that are no page: scripts, styles, text. */
export const inertPolicy = write({});

/** For a page without scripts, whose one style element holds exactly `style`. */
export function staticPolicy(style: string): string {
  return write({ 'style-src': hashSource(style), 'img-src': "'self'" });
}

/**
 * For GraphiQL. Scripts and workers are files of this server. Its editor writes styles into the page to measure text, so
 * inline styles are allowed. Its style sheet has fonts and pictures as `data:`.
 */
export const explorerPolicy = write({
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
});

/** On every answer: no type sniffing, no referrer, and no foreign page in its process or around it. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
