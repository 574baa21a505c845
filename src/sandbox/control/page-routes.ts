/** Serves the control page and the files that it needs. Everything is of this server, and nothing is cached. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Exchange, Route } from '../endpoint/exchange.ts';
import { send } from '../wire/wire.ts';
import { writeControlPage } from './page.ts';
import { controlStyle } from './style.ts';

/** The files of the page, by path and method. */
export const controlPageRoutes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/_sandbox/page.js': { GET: showScript },
  '/_sandbox/icon.svg': { GET: (exchange) => show(exchange, 'image/svg+xml', icon) },
};

/** Whether a browser asks: it names HTML, which curl leaves to the wildcard. */
export function isBrowser({ request }: Exchange): boolean {
  return /\btext\/html\b/i.test(request.headers.accept ?? '');
}

/** Shows the page. */
export function showControlPage(exchange: Exchange): void {
  show(exchange, 'text/html; charset=utf-8', writeControlPage(exchange.state.directory().members));
}

async function showScript(exchange: Exchange): Promise<void> {
  const script = await readFile(new URL('./control-page.js', import.meta.url), 'utf8');
  show(exchange, 'text/javascript; charset=utf-8', script);
}

/** The page may load from and talk to this server alone, run this server's script alone, and stand in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(controlStyle).digest('base64')}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function show(exchange: Exchange, mediaType: string, body: string): void {
  const headers = {
    'content-type': mediaType,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    vary: 'Accept',
  };
  send(exchange.response, { status: 200, headers, body });
}

/** The gateway's sign in the colour of warnings: whoever sees it looks at what is not real. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="3" y="2" width="26" height="28" rx="6" fill="#b45309"/>
<path d="M9 10h14M9 16h9M9 22h5" stroke="#fffbeb" stroke-width="3" stroke-linecap="round"/>
<circle cx="22" cy="21.5" r="4.5" fill="#5eead4"/>
</svg>
`;
