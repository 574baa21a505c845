/** The judges of chaos find every kind of wrong that they look for. */

import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { collectEvidence, mostWithin, type Sample, type Seen } from './evidence.ts';
import { unexplained } from './explain.ts';
import { type Answer, judgeStep, type ListAnswer } from './judge.ts';
import { createPeople, type Entry, type Step } from './people.ts';
import { judgeBudget, memoryGrowth, unreasonedOpenings } from './verdict.ts';

const people = createPeople(40, 0, 3);
const person = people.find(({ isVague, lists }) => !isVague && lists.ALL.length > 20);
if (person === undefined) throw new Error('Expected a person with a long list');
const list = person.lists.ALL;
const forward = { person, filter: 'ALL', direction: 'forward', done: 0, cursor: null } as const;
const step: Step = { walk: forward, size: 5 };

/** A right answer with some changes. */
function answerWith(change: Partial<ListAnswer> = {}, entries: readonly Entry[] = list.slice(0, 5)): Answer {
  const edges = entries.map((node, index) => ({ node, cursor: `cursor ${index}` }));
  const pageInfo = {
    hasNextPage: true,
    hasPreviousPage: false,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  const answered = { totalCount: list.length, edges, pageInfo, warnings: [], ...change };
  return { data: { c0: { userId: person?.mobile ?? '', list: answered } } };
}

const wrongsOf = (answer: Answer) => judgeStep(step, 0, answer).wrongs;
const [first, second, third, fourth, fifth] = list as [Entry, Entry, Entry, Entry, Entry];

describe('the judge of answers', () => {
  it('finds nothing wrong in a right page, and goes on from it', () => {
    const { wrongs, walk, isDone } = judgeStep(step, 0, answerWith());
    expect([wrongs, walk.done, walk.cursor, isDone]).toEqual([[], 5, 'cursor 4', false]);
  });

  it.each<[string, Answer]>([
    [
      'a digit changed',
      answerWith({}, [
        { ...first, closingBalance: `${first.closingBalance}1` },
        second,
        third,
        fourth,
        fifth,
      ]),
    ],
    ['an entry lost', answerWith({}, [first, second, fourth, fifth])],
    ['an entry doubled', answerWith({}, [first, second, second, third, fourth])],
    ['two entries swapped', answerWith({}, [second, first, third, fourth, fifth])],
    [
      "another's entry",
      answerWith({}, [{ ...first, pointsCategory: 'Category 99-0' }, second, third, fourth, fifth]),
    ],
    ['another total', answerWith({ totalCount: list.length + 1 })],
    ['a wrong end', answerWith({ pageInfo: { ...pageEnd(), hasNextPage: false } })],
    ['no list and no error', { data: { c0: { userId: person.mobile, list: null } } }],
    ['no customer and no error', { data: { c0: null } }],
    ['another customer', { data: { c0: { userId: '1', list: answerWith().data?.['c0']?.list ?? null } } }],
    ['an early end without a cursor', early({ ...pageEnd(), endCursor: null })],
    ['an early end that claims to be the end', early({ ...pageEnd(), hasNextPage: false })],
    ['an unexpected warning', answerWith({ warnings: [{ code: 'LIST_CHANGED', message: '' }] })],
  ])('finds %s', (_, answer) => {
    expect(wrongsOf(answer)).toHaveLength(1);
  });

  it('accepts a list that ended early, and reports its cause', () => {
    const { wrongs, codes, walk } = judgeStep(step, 0, early(pageEnd()));
    expect([wrongs, codes, walk.done]).toEqual([[], ['UPSTREAM_TIMEOUT'], 2]);
  });
});

function pageEnd(): ListAnswer['pageInfo'] {
  return { hasNextPage: true, hasPreviousPage: false, startCursor: 'cursor 0', endCursor: 'cursor 4' };
}

function early(pageInfo: ListAnswer['pageInfo']): Answer {
  const message = 'The list ends early: UPSTREAM_TIMEOUT: too late';
  return answerWith({ pageInfo, warnings: [{ code: 'LIST_INCOMPLETE', message }] }, [first, second]);
}

const limits = {
  callsPerMinute: 10,
  replicas: 2,
  retries: 2,
  upstreamTimeoutMs: 1500,
  operationTimeoutMs: 4000,
};

const seen: Seen = {
  requestId: 'a000b00000000001c000000000000001',
  replica: 0,
  asked: '',
  startedAt: 100_000,
  endedAt: 100_500,
  shareable: [],
  codes: [],
  retryAfters: [],
  hasLeft: false,
};

function callWith(change: Partial<Call>): Call {
  return {
    number: 1,
    method: 'GET',
    path: '/',
    query: { identifierValue: '7' },
    rawQuery: 'offset=0',
    headers: { 'x-request-id': seen.requestId },
    credential: null,
    startedAt: 100_100,
    endedAt: 100_200,
    concurrency: 1,
    status: 200,
    code: null,
    fault: null,
    overLimit: false,
    outcome: 'answered',
    ...change,
  };
}

const explain = (
  change: Partial<Seen>,
  calls: readonly Call[],
  tokens: readonly Call[] = [],
  samples: readonly Sample[] = [],
) => unexplained({ ...seen, ...change }, collectEvidence(calls, tokens, samples), limits);

describe('the judge of errors', () => {
  it.each<[string, Partial<Seen>, Partial<Call>]>([
    ['a code of its own call', { codes: ['UPSTREAM_BAD_RESPONSE'] }, { fault: 'html' }],
    ['a refusal', { codes: ['UPSTREAM_REJECTED'] }, { fault: 'refusal', code: 9005 }],
    [
      "another's call that it shared",
      { codes: ['UPSTREAM_TIMEOUT'], shareable: ['7'] },
      { fault: 'hang', headers: {} },
    ],
    ["another's 429", { codes: ['RATE_LIMITED'], retryAfters: [1] }, { fault: 'rate-limited', headers: {} }],
  ])('accepts %s', (_, change, call) => {
    expect(explain(change, [callWith(call)])).toEqual([]);
  });

  it.each<[string, Partial<Call>]>([
    ['a cut body', { fault: 'cut-body' }],
    ['a 401 whose body a fault cut', { fault: 'cut-json', status: 401 }],
    ['a 429 whose body a fault made too long', { fault: 'oversized', status: 429 }],
  ])('accepts another try after %s', (_, call) => {
    expect(explain({}, [callWith(call), callWith({})])).toEqual([]);
  });

  it.each<[string, Partial<Seen>, readonly Partial<Call>[]]>([
    ['a code without a fault', { codes: ['UPSTREAM_UNAVAILABLE'] }, [{}]],
    ['another code than the fault predicts', { codes: ['UPSTREAM_UNAVAILABLE'] }, [{ fault: 'html' }]],
    ['a budget that is not spent', { codes: ['RATE_LIMITED'], retryAfters: [1] }, [{}]],
    ["another request's fault", { codes: ['UPSTREAM_TIMEOUT'] }, [{ fault: 'hang', headers: {} }]],
    ['a wait of 0 s', { codes: ['RATE_LIMITED'], retryAfters: [0] }, [{ fault: 'rate-limited' }]],
    ['a late answer', { endedAt: 106_000 }, [{}]],
    ['another try after a final answer', {}, [{ fault: 'html' }, {}]],
    ['one try too many', {}, [{ fault: 'reset' }, { fault: 'reset' }, { fault: 'reset' }, {}]],
    ['a call that outlives its client', { hasLeft: true }, [{ endedAt: 102_000 }]],
    ['a call for a client that has left', { hasLeft: true }, [{ startedAt: 102_000, endedAt: 102_001 }]],
  ])('refuses %s', (_, change, calls) => {
    expect(explain(change, calls.map(callWith))).not.toEqual([]);
  });

  it('accepts an open breaker of the same replica at that time', () => {
    const open = { at: 100_200, replica: 0, breaker: 'open', sharing: 'shared' };
    const closed = { ...open, breaker: 'closed' };
    const codes = ['UPSTREAM_UNAVAILABLE'];
    expect(explain({ codes }, [], [], [open])).toEqual([]);
    expect(explain({ codes }, [], [], [{ ...open, replica: 1 }])).toHaveLength(1);
    expect(
      explain(
        { codes },
        [],
        [],
        [
          { ...open, at: 90_000 },
          { ...closed, at: 99_000 },
        ],
      ),
    ).toHaveLength(1);
  });

  it('accepts a failed token call at that time', () => {
    const codes = ['UPSTREAM_TIMEOUT'];
    expect(explain({ codes }, [], [callWith({ fault: 'hang', endedAt: null })])).toEqual([]);
    expect(explain({ codes }, [], [callWith({ fault: 'hang', endedAt: 99_000, startedAt: 98_000 })])).toEqual(
      [],
    );
    expect(
      explain({ codes }, [], [callWith({ fault: 'hang', endedAt: 93_000, startedAt: 92_000 })]),
    ).toHaveLength(1);
  });
});

describe('the judges of the run', () => {
  it('count the most calls in any minute', () => {
    expect(mostWithin([0, 30_000, 59_999, 60_000, 90_000], 60_000)).toBe(3);
    expect(mostWithin([], 60_000)).toBe(0);
  });

  it('require failures before a breaker opens', () => {
    const samples = ['closed', 'open'].map((breaker, index) => ({
      at: 100_000 + index * 1000,
      replica: 0,
      breaker,
      sharing: 'shared',
    }));
    const failures = Array.from({ length: 10 }, () => callWith({ fault: 'server-error' }));
    expect(unreasonedOpenings(samples, failures, () => 0)).toEqual([]);
    expect(unreasonedOpenings(samples, failures, () => 1)).toHaveLength(1);
  });

  it('find memory that grows, except in a short run', () => {
    const holdings = Array.from({ length: 600 }, (_, second) => ({
      at: second * 1000,
      replica: 0,
      memory: 100 + second,
      resources: 0,
      descriptors: 0,
    }));
    expect(memoryGrowth(holdings)[0]).toBeCloseTo(670 / 190, 1);
    expect(memoryGrowth(holdings.slice(0, 150))).toEqual([]);
  });
});

describe('the budget of two replicas', () => {
  /** Calls of the replica with this number, all at once. */
  const callsOf = (replica: number, count: number) =>
    Array.from({ length: count }, () => callWith({ headers: { 'x-request-id': `a00${replica}b000` } }));
  const sample = (sharing: string) => ({ at: 0, replica: 0, breaker: 'closed', sharing });
  const lost = [sample('shared'), sample('alone'), sample('shared')];
  const judge = (own: number, other: number, samples: Parameters<typeof judgeBudget>[1]['samples']) =>
    judgeBudget(
      own + other,
      { ledgerCalls: [...callsOf(0, own), ...callsOf(1, other)], tokenCalls: [], samples },
      limits,
    );

  it('may be spent to the last call, and no further', () => {
    expect(judge(7, 3, [])).toEqual([]);
    expect(judge(7, 4, [])).toEqual(['11 calls within 60 s, 10 allowed']);
  });

  it('may be exceeded by what one replica made beyond its share, if Redis was lost', () => {
    expect(judge(7, 5, lost)).toEqual([]);
  });
});
