/** The outcome of each operation of the story against the sandbox. */

import { expect } from 'vitest';

/** The part of an answer that outcomes check. */
export type Answer = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

/** One operation's outcome. */
export type Outcome = {
  readonly name: string;
  readonly calls: number;
  /** Failing calls may be retried: `calls` is the least number. */
  readonly atLeast?: true;
  readonly codes: readonly string[];
  /** A part of the data. Absent: the operation is not executed. */
  readonly data?: object;
};

/** In the order of the story. */
export const storyOutcomes: readonly Outcome[] = [
  {
    name: 'FirstPage',
    calls: 1,
    codes: [],
    data: { customer: { firstName: 'Amara', ledgerBalance: { pageInfo: { hasNextPage: true } } } },
  },
  {
    name: 'NextPage',
    calls: 1,
    codes: [],
    data: { customer: { ledgerBalance: { pageInfo: { hasPreviousPage: true, hasNextPage: true } } } },
  },
  {
    name: 'TwoDates',
    calls: 3,
    codes: [],
    data: {
      customer: {
        before: { nodes: [{ closingBalance: '100.000' }] },
        after: { nodes: [{ closingBalance: '800.000' }, { closingBalance: '25.000' }] },
      },
    },
  },
  {
    name: 'Currencies',
    calls: 3,
    codes: [],
    data: {
      customer: { named: { nodes: [{ alternateCurrency: 'Gold' }, { alternateCurrency: 'Miles' }] } },
    },
  },
  {
    name: 'Members',
    calls: 3,
    codes: [],
    data: { customers: [{ firstName: 'Amara' }, { lastName: 'history' }, null] },
  },
  {
    name: 'Identifiers',
    calls: 3,
    codes: [],
    data: {
      byMobile: { userId: '502522001' },
      byEmail: { userId: '502522001' },
      fromTheWebShop: { externalId: 'web-shop' },
    },
  },
  {
    name: 'EndsEarly',
    calls: 2,
    atLeast: true,
    codes: [],
    data: {
      customer: {
        ledgerBalance: {
          pageInfo: { hasNextPage: true },
          warnings: [{ code: 'LIST_INCOMPLETE', cause: 'UPSTREAM_UNAVAILABLE', retryable: true }],
        },
      },
    },
  },
  {
    name: 'WrongArgument',
    calls: 1,
    codes: ['BAD_USER_INPUT'],
    data: { customer: { firstName: 'Amara', ledgerBalance: null } },
  },
  {
    name: 'Refusals',
    calls: 3,
    codes: ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'],
    data: { customer: { unknown: null }, mergedMember: null },
  },
  {
    name: 'Outages',
    calls: 4,
    atLeast: true,
    codes: ['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_BAD_RESPONSE'],
    data: { rateLimited: null, unavailable: null, garbled: null, well: { firstName: 'Demo' } },
  },
  { name: 'NoAnswer', calls: 1, atLeast: true, codes: ['UPSTREAM_TIMEOUT'], data: { customer: null } },
  { name: 'TooExpensive', calls: 0, codes: ['OPERATION_TOO_EXPENSIVE'] },
  { name: 'NotInSchema', calls: 0, codes: ['GRAPHQL_VALIDATION_FAILED'] },
];

/** Asserts an outcome: error codes in any order, data, and the number of upstream calls. */
export function expectOutcome({ name, calls, atLeast, codes, data }: Outcome, answer: Answer, count: number) {
  const found = answer.errors?.map(({ extensions }) => extensions.code) ?? [];
  expect(found.sort(), name).toEqual([...codes].sort());
  if (data === undefined) expect(answer.data ?? undefined, name).toBeUndefined();
  else expect(answer.data, name).toMatchObject(data);
  if (atLeast) expect(count, name).toBeGreaterThanOrEqual(calls);
  else expect(count, name).toBe(calls);
}
