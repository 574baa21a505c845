/**
 * Reads faults from JSON. A problem is one sentence that names the field. What could never hit a call is refused: a fault
 * that silently does nothing makes a test pass for the wrong reason. Pure.
 */

import { ledgerParameters } from '../wire/parameters.ts';
import { isRecord } from '../wire/request.ts';
import { type Fault, type FaultKind, faultKinds } from './faults.ts';

/** The faults, or the first problem. */
export type FaultReading = { readonly faults: readonly Fault[] } | { readonly problem: string };

/** What a field takes, in words and as a test. */
type Check = { readonly expected: string; readonly holds: (value: unknown) => boolean };

const text: Check = { expected: 'a text', holds: (value) => typeof value === 'string' };
const flag: Check = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };

function integer(smallest: number, largest: number): Check {
  return {
    expected: `an integer from ${smallest} to ${largest}`,
    holds: (value) => Number.isInteger(value) && Number(value) >= smallest && Number(value) <= largest,
  };
}

function oneOf(...words: string[]): Check {
  return { expected: words.join(' or '), holds: (value) => words.some((word) => word === value) };
}

/** RFC 9562. A gateway passes on only a request id with the form of a generated one. */
const uuidForm = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** What each field takes. The bounds keep a typing error from filling the memory. */
const checks: Readonly<Record<string, Check>> = {
  ms: integer(0, 600_000),
  retryAfter: integer(0, 86_400),
  form: oneOf('seconds', 'date'),
  status: integer(200, 599),
  body: oneOf('html', 'empty'),
  text,
  bytes: integer(1, 100_000_000),
  chunked: flag,
  location: text,
  code: integer(1, 2_147_483_647),
  message: text,
  endpoint: oneOf('ledger', 'token', 'any'),
  pageNumber: integer(0, 2_147_483_647),
  identifierValue: text,
  onlyFor: {
    expected: 'a UUID in lower case, such as crypto.randomUUID() makes',
    holds: (value) => typeof value === 'string' && uuidForm.test(value),
  },
  query: { expected: 'an object of texts, true or false', holds: isParameterMatch },
  skip: integer(0, 1_000_000),
  every: integer(1, 1_000_000),
  probability: {
    expected: 'a number from 0 to 1',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  seed: integer(0, 2_147_483_647),
  times: integer(1, 1_000_000),
};

/** What a field takes if one kind takes less of it. */
const kindChecks: Readonly<Record<string, Check>> = { 'server-error status': integer(500, 599) };

/** The fields of every kind. `FaultScope` says what each means. */
export const scopeFields = [
  'endpoint',
  'pageNumber',
  'identifierValue',
  'onlyFor',
  'query',
  'skip',
  'every',
  'probability',
  'seed',
  'times',
];

/** Reads one fault or a list of faults from a JSON value. `undefined` stands for broken JSON. */
export function readFaults(value: unknown): FaultReading {
  const candidates = Array.isArray(value) ? value : [value];
  const problem = candidates.map(findProblem).find((found) => found !== undefined);
  return problem === undefined ? { faults: candidates as Fault[] } : { problem };
}

function findProblem(value: unknown): string | undefined {
  if (!isRecord(value))
    return 'expected a JSON object such as {"kind":"latency","ms":500}, or a list of such';
  const { kind, ...fields } = value;
  if (!isKind(kind)) return `kind: expected one of ${Object.keys(faultKinds).join(', ')}`;
  if (kind === 'latency' && fields['ms'] === undefined) return 'ms: a latency needs it, in milliseconds';
  const allowed = [...faultKinds[kind].settings, ...scopeFields];
  const problem = Object.entries(fields)
    .map(([name, field]) => findFieldProblem(name, field, allowed, kind))
    .find((found) => found !== undefined);
  return problem ?? findTokenProblem(fields) ?? findQueryProblem(fields['query']);
}

/** The fields that look at the parameters of a ledger call. A token call has none. */
const ledgerFields = ['pageNumber', 'identifierValue', 'query'];

function findTokenProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  const name = fields['endpoint'] === 'token' && ledgerFields.find((field) => field in fields);
  return name
    ? `${name}: a fault of the endpoint "token" cannot have it, because a token call has no parameters`
    : undefined;
}

/** The first parameter that the endpoint does not know, or that never has such a value. */
function findQueryProblem(query: unknown): string | undefined {
  if (!isRecord(query)) return undefined;
  return Object.entries(query)
    .map(([name, value]) => findParameterProblem(name, value))
    .find((found) => found !== undefined);
}

function findParameterProblem(name: string, value: unknown): string | undefined {
  const words = Object.hasOwn(ledgerParameters, name) ? ledgerParameters[name] : undefined;
  if (words === undefined)
    return `query.${name}: the endpoint has no such parameter; it has ${Object.keys(ledgerParameters).join(', ')}`;
  if (words === 'anyText' || typeof value === 'boolean' || words.some((word) => word === value))
    return undefined;
  return `query.${name}: expected ${words.join(' or ')}, or true or false for present or absent, got ${JSON.stringify(value)}`;
}

/** A field of another kind is refused too: it would silently do nothing. */
function findFieldProblem(name: string, value: unknown, allowed: readonly string[], kind: string) {
  const check = kindChecks[`${kind} ${name}`] ?? checks[name];
  if (!check || !allowed.includes(name)) return `${name}: ${kind} takes ${allowed.join(', ')}`;
  return check.holds(value) ? undefined : `${name}: expected ${check.expected}, got ${JSON.stringify(value)}`;
}

function isKind(value: unknown): value is FaultKind['kind'] {
  return typeof value === 'string' && Object.hasOwn(faultKinds, value);
}

function isParameterMatch(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.values(value).every((match) => typeof match === 'string' || typeof match === 'boolean')
  );
}
