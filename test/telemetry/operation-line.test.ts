/** The log line of an operation: its fields, and what no client can put into it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeOperation } from '../../src/telemetry/operation-line.ts';
import { endedRequest as end, endedQuery as query } from './ended-query.ts';

describe('describeOperation', () => {
  it('has exactly the fields that dashboards read', () => {
    expect(describeOperation(query, end)).toEqual({
      requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
      operation: 'Balances',
      type: 'query',
      outcome: 'ok',
      status: 200,
      durationMs: 12.3,
      upstreamCalls: 2,
      sharedCalls: 1,
      keptAnswers: 3,
      price: 6,
      errorCodes: [],
    });
  });

  it('lists each code once, sorted, and counts an unknown one as our fault', () => {
    const codes = ['UPSTREAM_TIMEOUT', 'RATE_LIMITED', 'UPSTREAM_TIMEOUT', 'a@b.example', 'constructor'];
    expect(describeOperation({ ...query, errorCodes: codes }, end)['errorCodes']).toEqual([
      'INTERNAL_SERVER_ERROR',
      'RATE_LIMITED',
      'UPSTREAM_TIMEOUT',
    ]);
  });

  it('has null for what the client left out', () => {
    expect(describeOperation({ ...query, name: undefined, type: undefined }, end)).toMatchObject({
      operation: null,
      type: null,
    });
  });

  it.each(['a b', 'x'.repeat(129), 'id\n', 'id=1', ''])(
    'leaves out a request id of another form (%j)',
    (requestId) => {
      expect(describeOperation(query, { ...end, requestId })['requestId']).toBeNull();
    },
  );

  it('is short and has nothing but words, whatever the client sends', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.emailAddress(), fc.webUrl());
    fc.assert(
      fc.property(anything, anything, fc.array(anything), (name, requestId, codes) => {
        const line = describeOperation({ ...query, name, errorCodes: codes }, { ...end, requestId });
        expect(JSON.stringify(line)).toMatch(/^[\w{}[\]",:.-]{1,600}$/);
      }),
    );
  });
});

describe('the name in the line', () => {
  const loggedName = (name: string | null) => describeOperation({ ...query, name }, end)['operation'];

  it('is bounded', () => {
    expect(loggedName('n'.repeat(100_000))).toBe('n'.repeat(64));
  });

  it.each([
    ['q919876543210', 'q#'],
    ['Card_4111111111111111_2024', 'Card_#_2024'],
    [`${'n'.repeat(60)}919876543210`, `${'n'.repeat(60)}#`],
  ])('has no number that may identify a person (%s)', (name, logged) => {
    expect(loggedName(name)).toBe(logged);
  });

  it.each(['a@b.example', 'Bearer x', '{ customer }', 'name\u0000', '1st', 'naïve', '', null])(
    'is null for %j, which is no name',
    (name) => {
      expect(loggedName(name)).toBeNull();
    },
  );
});

describe('the outcome in the line', () => {
  it.each([
    ['ok', { hasData: true }, false],
    ['ok', { hasData: false }, false],
    ['partial', { errorCodes: ['UPSTREAM_TIMEOUT'], hasData: true }, false],
    ['error', { errorCodes: ['UPSTREAM_TIMEOUT'], hasData: false }, false],
    ['aborted', { errorCodes: ['UPSTREAM_TIMEOUT'], hasData: false }, true],
    ['aborted', {}, true],
  ] as const)('is %s for %j, aborted: %j', (outcome, over, isAborted) => {
    expect(describeOperation({ ...query, ...over }, { ...end, isAborted })['outcome']).toBe(outcome);
  });
});
