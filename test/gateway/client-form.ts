/** The form that every error has for a client. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { expect } from 'vitest';
import { type ErrorCode, errorCodes } from '../../src/errors.ts';

const known: Readonly<Record<string, { readonly retryable: boolean }>> = errorCodes;
const memberNames = ['message', 'path', 'locations', 'extensions'];
const extensionNames = ['code', 'retryable', 'upstreamCode', 'retryAfter', 'calls', 'limit', 'argument'];

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
  const { code, retryable, retryAfter, upstreamCode, argument } = error.extensions;
  expect(Object.keys(known)).toContain(code);
  expect(retryable).toBe(known[String(code)]?.retryable);
  expect(extensionNames).toEqual(expect.arrayContaining(Object.keys(error.extensions)));
  expect(memberNames).toEqual(expect.arrayContaining(Object.keys(error)));
  expect(error.message).not.toBe('');
  expect(error.path === undefined).toBe(!isExecuted);
  if (retryAfter !== undefined) expect(Number.isInteger(retryAfter) && Number(retryAfter) >= 1).toBe(true);
  if (code !== 'UPSTREAM_UNAVAILABLE') expect(retryAfter !== undefined).toBe(code === 'RATE_LIMITED');
  if (upstreamCode !== undefined) expect(Number.isInteger(upstreamCode)).toBe(true);
  // A refusal by HTTP status alone has no code.
  if (code !== 'UPSTREAM_REJECTED') expect(upstreamCode !== undefined).toBe(code === 'CUSTOMER_MERGED');
  // graphql stops after so many wrong variables, and says no more of the others.
  const isNamed = code === 'BAD_USER_INPUT' && !error.message.startsWith('Too many errors');
  expect(typeof argument).toBe(isNamed ? 'string' : 'undefined');
  for (const leak of leaks) expect(error.message).not.toMatch(leak);
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
