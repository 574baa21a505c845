/**
 * The control endpoints under `/_sandbox`: what this sandbox is, its faults, its calls, reset. For plain curl
 * and the control page; not part of the endpoint that the sandbox stands in for.
 */

import { situations } from '../demo/situations.ts';
import type { Call, CallLog } from '../endpoint/call-log.ts';
import { demoCredentials } from '../endpoint/credentials.ts';
import { type Exchange, type Route, readBody, readJson } from '../endpoint/exchange.ts';
import { readFaults, scopeFields } from '../faults/fault-reading.ts';
import { faultKinds } from '../faults/faults.ts';
import type { Member } from '../ledger/member.ts';
import { send } from '../wire/wire.ts';
import { emptyAnswer, jsonAnswer } from '../wire/wire-answer.ts';
import { isBrowser, showControlPage } from './page-routes.ts';

/** The control endpoints, by path and method. */
export const controlRoutes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
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

/** A page of a foreign site, open in the same browser, must not be able to switch anything. */
function guarded(route: Route): Route {
  return (exchange) =>
    exchange.request.headers['sec-fetch-site'] === 'cross-site'
      ? show(exchange, { error: 'not from another site' }, 403)
      : route(exchange);
}

/** What a person who found the sandbox needs: credentials, who is who, what can be broken. */
function showUsage(exchange: Exchange): void {
  show(exchange, {
    credentials: demoCredentials,
    situations: situations.map(({ name, identifier, shows }) => ({ name, identifier, shows })),
    members: exchange.state.directory().members.map(describeMember),
    faultKinds,
    faultScope: scopeFields,
    endpoints: Object.entries(controlRoutes).map(
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

/** A list is taken whole or not at all: one wrong fault must not leave half a scenario switched on. */
async function addFaults(exchange: Exchange): Promise<void> {
  const reading = readFaults(readJson(await readBody(exchange.request)));
  if ('problem' in reading) return show(exchange, { error: reading.problem }, 400);
  for (const fault of reading.faults) exchange.state.faults.add(fault);
  showFaults(exchange);
}

/** The same list again gives the same course of events: replacing starts all counting anew. */
async function replaceFaults(exchange: Exchange): Promise<void> {
  const reading = readFaults(readJson(await readBody(exchange.request)));
  if ('problem' in reading) return show(exchange, { error: reading.problem }, 400);
  exchange.state.faults.set(reading.faults);
  showFaults(exchange);
}

/** Calls that hang already go on hanging: a fault is drawn when a call arrives. */
function clearFaults(exchange: Exchange): void {
  exchange.state.faults.set([]);
  send(exchange.response, emptyAnswer(204));
}

/** All that are remembered, or the last so many with `?last=`. */
function showCalls(exchange: Exchange): void {
  const { ledgerCalls, tokenCalls } = exchange.state;
  const last = Number(new URLSearchParams(exchange.rawQuery).get('last') ?? Number.POSITIVE_INFINITY);
  const describe = ({ count, calls }: CallLog) => ({
    count: count(),
    calls: last > 0 ? calls().slice(-last).map(withoutCredentials) : [],
  });
  show(exchange, { ledger: describe(ledgerCalls), token: describe(tokenCalls) });
}

/** Real credentials may be sent here by mistake: the log in memory has them, the control endpoint not. */
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
