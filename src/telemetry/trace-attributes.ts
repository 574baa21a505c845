/**
 * What spans are called and what they say. Pure. Of an operation no more than its log line lets through; of a call
 * its place, its page and its outcome, never what was asked for or with which credentials.
 *
 * Names without `ledger_gateway.` are OpenTelemetry's semantic conventions for HTTP (stable) and GraphQL. `url.full`,
 * which they ask of every call, is left out on purpose: the query holds the customer's identifier.
 */

import { describeOperation, loggedCodes, type OperationEnd } from './operation-line.ts';

/** A call that goes out, as it is told by whoever makes it. */
export type TracedCall = {
  readonly method: string;
  /** Scheme, host, port. */
  readonly origin: string;
  /** One of a fixed few: it is part of the span's name. */
  readonly path: string;
  readonly page?: { readonly pageNumber: number; readonly limit: number };
  /** How many calls went out for the same before. */
  readonly resends: number;
  /** In milliseconds. */
  readonly budgetWaitMs: number;
  readonly slotWaitMs: number;
};

/** The name of a span, and what stands in it. */
export type SpanText = { readonly name: string; readonly attributes: Attributes };

/** What a span says of an end. A flaw is told as such to whoever counts failed spans. */
export type EndText = { readonly attributes: Attributes; readonly isFlawed: boolean };

type Attributes = Readonly<Record<string, string | number>>;

/** The name while, or where, it is not known what an operation is (semantic conventions for GraphQL server spans). */
export const unreadOperation = 'GraphQL Operation';

/** What the span of an HTTP request says when it ends: one operation, or the members of a batch. */
export function describeRequest(method: string, ends: readonly OperationEnd[]): SpanText & EndText {
  const [first] = ends;
  if (first === undefined) return { name: unreadOperation, attributes: {}, isFlawed: false };
  const line = describeOperation(first);
  const types = new Set(ends.map(({ type }) => type));
  const type = types.size === 1 ? first.type : undefined;
  const error = loggedCodes(ends.flatMap(({ errorCodes }) => errorCodes).slice(0, 1))[0];
  const attributes = {
    'http.request.method': ['GET', 'POST'].includes(method) ? method : '_OTHER',
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
    'http.response.status_code': first.status,
    'graphql.operation.type': type,
    'graphql.operation.name': ends.length === 1 ? line['operation'] : undefined,
    'error.type': error,
    'ledger_gateway.operations': ends.length,
    'ledger_gateway.outcome': ends.length === 1 ? line['outcome'] : undefined,
    'ledger_gateway.request_id': line['requestId'],
    'ledger_gateway.calls.price': first.price,
    'ledger_gateway.calls.made': first.upstreamCalls,
    'ledger_gateway.calls.shared': first.sharedCalls,
    'ledger_gateway.calls.kept': first.keptAnswers,
  };
  return { name: type ?? unreadOperation, attributes: present(attributes), isFlawed: isOurFlaw(error) };
}

/** What the span of a call says when it goes out. */
export function describeCall(call: TracedCall): SpanText {
  const { hostname, port, protocol } = new URL(call.origin);
  const attributes = {
    'http.request.method': call.method,
    'url.template': call.path,
    'server.address': hostname,
    'server.port': port === '' ? defaultPorts[protocol] : Number(port),
    'http.request.resend_count': call.resends > 0 ? call.resends : undefined,
    'ledger_gateway.page.number': call.page?.pageNumber,
    'ledger_gateway.page.limit': call.page?.limit,
    'ledger_gateway.wait.budget_ms': waited(call.budgetWaitMs),
    'ledger_gateway.wait.connection_ms': waited(call.slotWaitMs),
  };
  return { name: `${call.method} ${call.path}`, attributes: present(attributes) };
}

/** What it says when it ends. Nobody is to blame for a call that nobody waited for any more. */
export function describeCallEnd(outcome: string, status: number | undefined): EndText {
  const isAnswer = outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER';
  const attributes = {
    'http.response.status_code': status,
    'error.type': isAnswer ? undefined : outcome,
  };
  return { attributes: present(attributes), isFlawed: !isAnswer && outcome !== 'CANCELLED' };
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** A wait worth telling: anything shorter is no wait. In milliseconds, to a tenth. */
function waited(ms: number): number | undefined {
  return ms < 1 ? undefined : Math.round(ms * 10) / 10;
}

/** As for HTTP, whose conventions leave a server's span without flaw where the client was wrong. */
function isOurFlaw(code: string | undefined): boolean {
  return code !== undefined && /^(UPSTREAM_|RATE_LIMITED|INTERNAL_SERVER_ERROR)/.test(code);
}

function present(attributes: Readonly<Record<string, unknown>>): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
