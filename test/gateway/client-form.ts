/** The form that every error has for a client. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { expect } from 'vitest';
import { type ErrorCode, errorCodes, errorDetails } from '../../src/errors.ts';

type Presence = 'always' | 'sometimes';
type CodeFacts = { readonly retryable: boolean; readonly details: Readonly<Record<string, Presence>> };

const known: Readonly<Record<string, CodeFacts>> = errorCodes;
const detailTypes: Readonly<Record<string, { readonly type: string }>> = errorDetails;
const memberNames = ['message', 'path', 'locations', 'extensions'];

/** Signs of what no client may see: hosts, pages, headers, stacks. */
const leaks = [
  /127\.0\.0\.1|localhost|:\d{4,5}\b/,
  /https?:/,
  /<[a-z!]/,
  /Basic /i,
  /\bat .*\.[tj]s\b/,
  /undici/i,
];

/** Checks one result as a whole: codes of the table, a path exactly if there was an execution, nothing leaked. */
export function expectClientForm(result: ExecutionResult<unknown>): void {
  for (const error of result.errors ?? []) expectErrorForm(error, 'data' in result);
}

function expectErrorForm(error: GraphQLError, isExecuted: boolean): void {
  const { code, retryable, ...details } = error.extensions;
  expect(Object.keys(known)).toContain(code);
  expect(retryable).toBe(known[String(code)]?.retryable);
  expectDetails(details, known[String(code)]?.details ?? {});
  expect(memberNames).toEqual(expect.arrayContaining(Object.keys(error)));
  expect(error.message).not.toBe('');
  expect(error.path === undefined).toBe(!isExecuted);
  // graphql stops after so many wrong variables, and says no more of the others.
  const isNamed = code === 'BAD_USER_INPUT' && !error.message.startsWith('Too many errors');
  expect('argument' in details).toBe(isNamed);
  for (const leak of leaks) expect(error.message).not.toMatch(leak);
}

/** Checks that the details are those of the code, each of its type. */
function expectDetails(details: Readonly<Record<string, unknown>>, presences: CodeFacts['details']): void {
  expect(Object.keys(presences)).toEqual(expect.arrayContaining(Object.keys(details)));
  const always = Object.keys(presences).filter((name) => presences[name] === 'always');
  expect(Object.keys(details)).toEqual(expect.arrayContaining(always));
  for (const [name, value] of Object.entries(details)) {
    expect([name, typeof value]).toEqual([name, detailTypes[name]?.type]);
    if (typeof value === 'number') expect([name, Number.isInteger(value)]).toEqual([name, true]);
    if (name === 'retryAfter') expect(value).toBeGreaterThanOrEqual(1);
  }
}

/** The arguments that the errors name. */
export function argumentsOf(result: ExecutionResult<unknown>): unknown[] {
  return (result.errors ?? []).map(({ extensions }) => extensions['argument']);
}

/** Each error in short: its code and where it is. */
export function errorsOf(result: ExecutionResult<unknown>): [code: ErrorCode, path: string | null][] {
  expectClientForm(result);
  return (result.errors ?? []).map(({ extensions, path }) => [
    extensions['code'] as ErrorCode,
    path?.join('.') ?? null,
  ]);
}

/** Status, media type and errors of an answer. */
export async function summaryOf(response: Response) {
  const type = response.headers.get('content-type')?.split(';')[0];
  return [response.status, type, errorsOf(await response.json())];
}
