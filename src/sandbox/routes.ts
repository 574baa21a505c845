/** Which path and method is served by what. Anything else gets the HTML page of a plain server. */

import { controlRoutes } from './control/control-routes.ts';
import { controlPageRoutes } from './control/page-routes.ts';
import type { Exchange, Route } from './endpoint/exchange.ts';
import { ledgerPath, serveLedger } from './endpoint/ledger-route.ts';
import { serveToken, tokenPath } from './endpoint/token-route.ts';
import { send } from './wire/wire.ts';
import { htmlAnswer } from './wire/wire-answer.ts';

/** Routes by path, then by method: Node's parser lets no target or method through that Object inherits. */
export type RouteTable = Readonly<Record<string, Readonly<Record<string, Route>>>>;

const routes: RouteTable = {
  [ledgerPath]: { GET: serveLedger },
  [tokenPath]: { POST: serveToken },
  ...controlRoutes,
  ...controlPageRoutes,
};

/** Serves one exchange. A path that is not served is 404, a method that is not is 405 with `Allow`. */
export async function serve(exchange: Exchange): Promise<void> {
  const methods = routes[exchange.path];
  if (!methods) return refuse(exchange, 404, 'Not Found');
  const route = methods[exchange.request.method ?? ''];
  if (!route) return refuse(exchange, 405, 'Method Not Allowed', { allow: Object.keys(methods).join(', ') });
  await route(exchange);
}

function refuse(
  exchange: Exchange,
  status: number,
  title: string,
  headers: Record<string, string> = {},
): void {
  // A body that nobody reads would block the next request on the same connection.
  exchange.request.resume();
  send(exchange.response, htmlAnswer(status, title, headers));
}
