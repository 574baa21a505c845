/**
 * Callers are isolated. Many of them ask at the same time and one after the other, and each must get the answer that the
 * upstream would give it alone. The same property must find every mutation of the scope.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallsInFlight } from '../../src/ledger/source/calls-in-flight.ts';
import { type AnswerCache, createPageSource } from '../../src/ledger/source/page-source.ts';
import { createReceiptBook } from '../../src/ledger/source/receipt.ts';
import { createAnswerStore } from '../../src/store/answer-cache.ts';
import { forwardedHeaders } from '../../src/upstream/credentials/caller-headers.ts';
import { createBasicCredentials, forwardCredentials } from '../../src/upstream/credentials/credentials.ts';
import type { CustomerIdentifier, FetchPage, LedgerFilter } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';
import { listOf } from './reading.ts';

type Caller = Readonly<Record<string, string>>;
type Question = {
  readonly caller: Caller;
  readonly identifier: CustomerIdentifier;
  readonly filter: LedgerFilter;
};
type ScopeOf = (headers: Headers) => string;

const headerNames = [
  'authorization',
  'x-cap-api-oauth-token',
  'x-cap-api-attribution-entity-type',
  'x-cap-api-attribution-entity-code',
  'x-cap-api-attribution-till-code',
  'accept-language',
] as const;

/** Changes of one thing in a question: the questions that are easiest to mix up. */
const changes: readonly ((question: Question) => Question)[] = [
  (question) => question,
  ...headerNames.flatMap((name) => [
    ({ caller, ...rest }: Question) => ({ ...rest, caller: { ...caller, [name]: 'another' } }),
    ({ caller, ...rest }: Question) => ({
      ...rest,
      caller: Object.fromEntries(Object.entries(caller).filter(([header]) => header !== name)),
    }),
  ]),
  ({ identifier, ...rest }) => ({ ...rest, identifier: { ...identifier, value: 'another' } }),
  ({ identifier, ...rest }) => ({ ...rest, identifier: { ...identifier, name: 'EMAIL' } }),
  ({ identifier, ...rest }) => ({ ...rest, identifier: { ...identifier, source: 'ALL' } }),
  ({ identifier, ...rest }) => ({ ...rest, identifier: { ...identifier, accountId: '7' } }),
  ({ filter, ...rest }) => ({ ...rest, filter: { ...filter, endDate: '2026-01-01T00:00:00' } }),
  ({ filter, ...rest }) => ({ ...rest, filter: { ...filter, tillId: '7' } }),
];

const plain: Question = {
  // Without a token: beside one, `Authorization` does not go upstream.
  caller: Object.fromEntries(
    headerNames.filter((name) => name !== 'x-cap-api-oauth-token').map((name) => [name, 'one']),
  ),
  identifier: { name: 'MOBILE', value: 'one', source: 'INSTORE' },
  filter: {},
};
const anyQuestions: fc.Arbitrary<Question[]> = fc.array(
  fc.constantFrom(...changes).map((change) => change(plain)),
  { minLength: 2, maxLength: 12 },
);

/** The fingerprint of a whole call: who asked what. The upstream answers with it. */
function fingerprint(caller: Caller, page: Parameters<FetchPage>[0]): string {
  const parts = [
    Object.entries(caller).sort(),
    Object.entries(page.identifier).sort(),
    Object.entries(page.filter).sort(),
  ];
  return JSON.stringify(parts);
}

/** Fails when a caller gets an answer to another call than its own. */
function isolation(scopeOf: ScopeOf, sent: (caller: Caller) => Caller) {
  return fc.asyncProperty(anyQuestions, fc.boolean(), async (questions, isAtOnce) => {
    const callsInFlight = new CallsInFlight();
    const { read, write } = createAnswerStore(() => 0, 100_000_000);
    const cache: AnswerCache = { read, write: (list, _, answer) => write(list, answer, 1000) };
    const ask = async ({ caller, identifier, filter }: Question) => {
      const fetchPage: FetchPage = async (page) => {
        await new Promise((resolve) => setImmediate(resolve));
        const details = {
          ...modelPage(fullList(1), page).details,
          userId: fingerprint(sent(caller), page),
        };
        return { ...modelPage(fullList(1), page), details };
      };
      const scope = scopeOf(new Headers(caller));
      const source = createPageSource({
        fetchPage,
        deadlineAt: () => Number.POSITIVE_INFINITY,
        scope,
        callsInFlight,
        cache,
        receipt: createReceiptBook(),
        now: () => 0,
      })(listOf(identifier, filter));
      const block = { limit: 10, pageNumber: 0 };
      const answer = (await source.cached())[0] ?? (await source.fetch(block, new AbortController().signal));
      const userId = fingerprint(sent(caller), { identifier, filter, ...block });
      expect(answer).toMatchObject({ details: { userId } });
    };
    if (isAtOnce) await Promise.all(questions.map(ask));
    else for (const question of questions) await ask(question);
  });
}

/** The scope with one header taken away before it is made. */
function without(name: string): ScopeOf {
  return (headers) => {
    const fewer = new Headers(headers);
    fewer.delete(name);
    return forwardCredentials.scopeOf(fewer);
  };
}

describe('no answer crosses from one caller to another', () => {
  it('in forward mode', async () => {
    await fc.assert(
      isolation(forwardCredentials.scopeOf, (caller) => forwardedHeaders(new Headers(caller))),
      { numRuns: 500 },
    );
  });

  it('in service mode, where only the language tells callers apart', async () => {
    const { scopeOf } = createBasicCredentials('user', 'password');
    const sent = (caller: Caller): Caller => ({ language: caller['accept-language'] ?? '' });
    await fc.assert(isolation(scopeOf, sent), { numRuns: 500 });
  });

  it.each(headerNames)('and this test fails when %s is left out of the scope', async (name) => {
    const found = await fc.check(
      isolation(without(name), (caller) => forwardedHeaders(new Headers(caller))),
      { numRuns: 2000 },
    );
    expect(found.failed).toBe(true);
  });
});
