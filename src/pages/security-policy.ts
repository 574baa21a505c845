/** Security headers of pages: the Content-Security-Policy of each kind of file, and the headers of all files. Pure. */

import { createHash } from 'node:crypto';

/** The start of every policy. It allows no sources, frames, form targets or base URLs. */
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

/** The policy of files that are no page: scripts, styles, text. */
export const inertPolicy = write({});

/** The policy of a page without scripts. Its only style element must contain exactly `style`. */
export function staticPolicy(style: string): string {
  return write({ 'style-src': hashSource(style), 'img-src': "'self'" });
}

/**
 * The policy of GraphiQL. Scripts and workers are files of this server. Inline styles are allowed, because the editor
 * writes styles into the page to measure text. The style sheet has fonts and images as `data:`.
 */
export const explorerPolicy = write({
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
});

/** Headers of every page: no content sniffing, no referrer, and isolation from pages of other sites. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
