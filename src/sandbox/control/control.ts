/**
 * The control endpoints under `/_sandbox`: members, faults, calls, tokens, reset. curl uses them, and so does the
 * control page. The endpoint that the sandbox stands in for has none of them.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { situations } from '../demo/situations.ts';
import type { Call, CallLog } from '../endpoint/call-log.ts';
import { demoCredentials } from '../endpoint/credentials.ts';
import type { Exchange, Route, RouteTable } from '../endpoint/exchange.ts';
import { readFaults, scopeFields } from '../faults/fault-reading.ts';
import { faultKinds } from '../faults/faults.ts';
import type { Member } from '../ledger/member.ts';
import { type Query, readJsonBody, readQuery } from '../wire/request.ts';
import { emptyAnswer, jsonAnswer, send } from '../wire/wire.ts';
import { writeControlPage } from './page.ts';
import { controlStyle } from './style.ts';

const usedByCurl: RouteTable = {
  '/_sandbox': { GET: (exchange) => (isBrowser(exchange) ? showControlPage : showUsage)(exchange) },
  '/_sandbox/faults': {
    GET: showFaults,
    POST: guarded(addFaults),
    PUT: guarded(replaceFaults),
    DELETE: guarded(clearFaults),
  },
  '/_sandbox/calls': { GET: showCalls },
  '/_sandbox/tokens': { DELETE: guarded(revokeTokens) },
  '/_sandbox/reset': { POST: guarded(reset) },
};

/** The control endpoints and the files of the control page, by path and method. */
export const controlRoutes: RouteTable = {
  ...usedByCurl,
  '/_sandbox/page.js': { GET: showScript },
  '/_sandbox/icon.svg': { GET: (exchange) => sendFile(exchange, 'image/svg+xml', icon) },
};

/** A page of another site, open in the same browser, must not switch anything. */
function guarded(route: Route): Route {
  return (exchange) =>
    exchange.request.headers['sec-fetch-site'] === 'cross-site'
      ? show(exchange, { error: 'not from another site' }, 403)
      : route(exchange);
}

/** What a person who found the sandbox needs: credentials, members, faults, endpoints. */
function showUsage(exchange: Exchange): void {
  show(exchange, {
    credentials: demoCredentials,
    situations: situations.map(({ name, identifier, shows }) => ({ name, identifier, shows })),
    members: exchange.state.directory().members.map(describeMember),
    faultKinds,
    faultScope: scopeFields,
    endpoints: Object.entries(usedByCurl).map(
      ([path, methods]) => `${Object.keys(methods).join(', ')} ${path}`,
    ),
  });
}

function describeMember({ userId, firstName, lastName, identifiers, ledger }: Member) {
  return { userId, firstName, lastName, identifiers, positions: ledger.length };
}

function showFaults(exchange: Exchange): void {
  show(exchange, exchange.state.faults.list());
}

/** Takes a whole list or nothing: one wrong fault must not leave half a scenario switched on. */
async function addFaults(exchange: Exchange): Promise<void> {
  const reading = readFaults(await readJsonBody(exchange.request));
  if ('problem' in reading) return show(exchange, { error: reading.problem }, 400);
  for (const fault of reading.faults) exchange.state.faults.add(fault);
  showFaults(exchange);
}

/** All counts start at 0, so the same list gives the same course of events. */
async function replaceFaults(exchange: Exchange): Promise<void> {
  const reading = readFaults(await readJsonBody(exchange.request));
  if ('problem' in reading) return show(exchange, { error: reading.problem }, 400);
  exchange.state.faults.set(reading.faults);
  showFaults(exchange);
}

/**
 * Switches off all faults; with `?onlyFor=` those of one test; with `?fault=` those with exactly this JSON. A call that hangs
 * already goes on hanging: faults are drawn when a call arrives.
 */
function clearFaults(exchange: Exchange): void {
  const options = readOptions(exchange, ['onlyFor', 'fault']);
  if (options === undefined) return;
  const { onlyFor, fault: text } = options;
  exchange.state.faults.remove(
    (fault) =>
      (onlyFor === undefined || fault.onlyFor === onlyFor) &&
      (text === undefined || JSON.stringify(fault) === text),
  );
  send(exchange.response, emptyAnswer(204));
}

/** All remembered calls; with `?last=` the last so many; with `?onlyFor=` those with this `x-request-id`, and their count. */
function showCalls(exchange: Exchange): void {
  const options = readOptions(exchange, ['last', 'onlyFor']);
  if (options === undefined) return;
  const { last = Number.POSITIVE_INFINITY, onlyFor } = options;
  const describe = ({ count, calls }: CallLog) => {
    const chosen = calls().filter(({ headers }) => !onlyFor || headers['x-request-id'] === onlyFor);
    return {
      count: onlyFor ? chosen.length : count(),
      calls: Number(last) > 0 ? chosen.slice(-last).map(withoutCredentials) : [],
    };
  };
  const { ledgerCalls, tokenCalls } = exchange.state;
  show(exchange, { ledger: describe(ledgerCalls), token: describe(tokenCalls) });
}

/** The query of a control endpoint. Refuses a name that it does not know: a slip would delete the faults of all tests. */
function readOptions(exchange: Exchange, known: readonly string[]): Query | undefined {
  const options = readQuery(exchange.rawQuery);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return options;
  show(exchange, { error: `${unknown}: this takes ${known.join(', ')}` }, 400);
  return undefined;
}

/** A client may send real credentials by mistake. The log in memory has them, this endpoint does not show them. */
function withoutCredentials(call: Call): Call {
  const { authorization: _, 'x-cap-api-oauth-token': __, ...headers } = call.headers;
  return { ...call, headers };
}

function revokeTokens(exchange: Exchange): void {
  exchange.state.tokens.revoke();
  send(exchange.response, emptyAnswer(204));
}

function reset(exchange: Exchange): void {
  exchange.request.resume();
  exchange.state.reset();
  send(exchange.response, emptyAnswer(204));
}

function show(exchange: Exchange, value: unknown, status = 200): void {
  send(exchange.response, jsonAnswer(status, `${JSON.stringify(value, null, 2)}\n`));
}

/** Whether a browser asks: it names HTML, and curl does not. */
function isBrowser({ request }: Exchange): boolean {
  return /\btext\/html\b/i.test(request.headers.accept ?? '');
}

function showControlPage(exchange: Exchange): void {
  const { members } = exchange.state.directory();
  const page = writeControlPage({ members, gatewayUrl: gatewayUrlFor(exchange) });
  sendFile(exchange, 'text/html; charset=utf-8', page);
}

/** The gateway in front, under the host name that the reader uses for the sandbox. */
function gatewayUrlFor({ state, request }: Exchange): string | undefined {
  const gateway = state.gateway();
  if (gateway === undefined) return undefined;
  const url = new URL(`http://${request.headers.host ?? '127.0.0.1'}/`);
  url.port = String(gateway.port);
  return url.href;
}

async function showScript(exchange: Exchange): Promise<void> {
  const script = await readFile(new URL('./control-page.js', import.meta.url), 'utf8');
  sendFile(exchange, 'text/javascript; charset=utf-8', script);
}

/** The page talks to this server alone, runs this server's script alone, and stands in no frame. */
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

function sendFile(exchange: Exchange, mediaType: string, body: string): void {
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

/** The gateway's sign in the colour of warnings: nothing here is real. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="3" y="2" width="26" height="28" rx="6" fill="#b45309"/>
<path d="M9 10h14M9 16h9M9 22h5" stroke="#fffbeb" stroke-width="3" stroke-linecap="round"/>
<circle cx="22" cy="21.5" r="4.5" fill="#5eead4"/>
</svg>
`;
