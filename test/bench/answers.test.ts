/** What the benchmark asks, and that it notices a server that answers otherwise than the rest. */

import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../bench/answers.ts';
import { createIdentifierSource } from '../../bench/cells.ts';
import {
  createBodyWriter,
  identifierOf,
  type Language,
  type Operation,
  operations,
} from '../../bench/operations.ts';
import { customerOf, detailsOf, entriesOf, entryCount, writePage } from '../../bench/servers/pages.ts';

const languages: readonly Language[] = ['connection', 'openapi', 'proxy'];
const [first, second] = operations as [Operation, Operation];

const connectionOf = (identifier: string, entries: number) => {
  const customer = customerOf(identifier);
  const edges = entriesOf(customer, 0, entries).map((node, index) => ({ cursor: `c${index}`, node }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor, edges.at(-1)?.cursor];
  return {
    ...detailsOf(customer),
    ledgerBalance: {
      totalCount: entryCount,
      edges,
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor, endCursor },
    },
  };
};

const identifiers = [identifierOf(7)];
const rightAnswer = () => ({ data: { a0: connectionOf(identifierOf(7), 10) } });
const check = (answer: unknown) => checkAnswer(JSON.stringify(answer), first, 'connection', identifiers);

describe('a body', () => {
  it.each(languages)('in the language %s is JSON with every identifier in its place', (language) => {
    const values = Array.from({ length: 20 }, (_, index) => identifierOf(index));
    const { query, variables, operationName } = JSON.parse(createBodyWriter(second, language)(values));
    expect(query).toMatch(/^query Q2/);
    expect(operationName).toBe('Q2');
    expect(JSON.stringify(variables).match(/4477\d{8}/g)).toEqual(values);
  });
});

describe('identifiers', () => {
  it('are all new when requests differ, and the same when they are identical', () => {
    const next = createIdentifierSource();
    const seen = [...next(second, 'different'), ...next(second, 'different'), ...next(first, 'different')];
    expect(new Set(seen).size).toBe(41);
    expect(next(second, 'identical')).toEqual(next(second, 'identical'));
    expect(seen).not.toContain(next(first, 'identical')[0]);
  });
});

describe('checkAnswer', () => {
  it('takes the right answer of each language', () => {
    check(rightAnswer());
    const page = (pageNumber: number) => JSON.parse(writePage(7, 10, pageNumber));
    const third = { ...first, entries: 20 };
    const byPages = JSON.stringify({ data: { a0: page(0), a1: page(1) } });
    checkAnswer(byPages, third, 'openapi', identifiers);
    checkAnswer(JSON.stringify([page(0), page(1)]), third, 'proxy', identifiers);
    checkAnswer(writePage(7, 10, 0), first, 'proxy', identifiers);
  });

  it.each<[string, (balance: ReturnType<typeof connectionOf>) => void]>([
    ['of another customer', (customer) => Object.assign(customer, detailsOf(8))],
    [
      'with a balance that is another',
      ({ ledgerBalance }) => {
        Object.assign(ledgerBalance.edges[3]?.node ?? {}, { closingBalance: '1.000' });
      },
    ],
    ['that lacks an entry', ({ ledgerBalance }) => void ledgerBalance.edges.splice(4, 1)],
    ['with entries in another order', ({ ledgerBalance }) => void ledgerBalance.edges.reverse()],
    [
      'with a cursor that comes twice',
      ({ ledgerBalance }) => {
        Object.assign(ledgerBalance.edges[3] ?? {}, { cursor: 'c2' });
      },
    ],
    [
      'that denies the next page',
      ({ ledgerBalance }) => {
        ledgerBalance.pageInfo.hasNextPage = false;
      },
    ],
    [
      'with another total',
      ({ ledgerBalance }) => {
        ledgerBalance.totalCount = 10;
      },
    ],
  ])('refuses an answer %s', (_, spoil) => {
    const answer = rightAnswer();
    spoil(answer.data.a0);
    expect(() => check(answer)).toThrow();
  });

  it('refuses an error in place of an answer', () => {
    expect(() => check({ data: { a0: null }, errors: [{ message: 'no' }] })).toThrow();
  });
});
