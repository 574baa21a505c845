/** Faults that come as JSON are taken or refused with a sentence. */

import { describe, expect, it } from 'vitest';
import { readFaults } from '../../../src/sandbox/faults/fault-reading.ts';
import { faultKinds } from '../../../src/sandbox/faults/faults.ts';
import { ledgerParameters } from '../../../src/sandbox/wire/parameters.ts';
import { buildListQuery } from '../../../src/upstream/rest/parameters.ts';

describe('readFaults', () => {
  it('takes one fault or a list', () => {
    const fault = { kind: 'latency', ms: 20, times: 2, query: { endDate: true, source: 'INSTORE' } };
    expect(readFaults(fault)).toEqual({ faults: [fault] });
    expect(readFaults([fault, { kind: 'hang' }])).toEqual({ faults: [fault, { kind: 'hang' }] });
  });

  it('takes every kind that the table lists', () => {
    for (const kind of Object.keys(faultKinds)) {
      expect(readFaults({ kind, ...(kind === 'latency' ? { ms: 1 } : {}), probability: 0.5 })).toHaveProperty(
        'faults',
      );
    }
  });

  it('takes every parameter that the gateway sends, by its REST name', () => {
    const everything = buildListQuery({
      identifier: { name: 'CARD_NUMBER', value: '1', source: 'WEB_ENGAGE', accountId: 'a' },
      filter: {
        endDate: '2026-01-01T00:00:00',
        categoryType: 'TRIGGER_BASED',
        ledgerEntryType: 'OPENING_BALANCE',
        currencies: ['Gold'],
        tillId: 't',
        includeTillConceptEvents: true,
      },
    });
    const query = { ...Object.fromEntries(new URLSearchParams(everything)), limit: '10', offset: '0' };
    expect(Object.keys(query).sort()).toEqual(Object.keys(ledgerParameters).sort());
    expect(readFaults({ kind: 'hang', query })).toEqual({ faults: [{ kind: 'hang', query }] });
  });

  it.each([
    ['what was no JSON', undefined, /expected a JSON object/],
    ['no kind', {}, /^kind: expected one of latency/],
    ['a kind inherited from Object', { kind: 'toString' }, /^kind/],
    ['a latency without ms', { kind: 'latency' }, /^ms/],
    ['a field of another kind', { kind: 'hang', ms: 3 }, /^ms: hang takes endpoint/],
    ['a field that does not exist', { kind: 'hang', tims: 3 }, /^tims/],
    ['a field inherited from Object', { kind: 'hang', toString: 3 }, /^toString/],
    ['a wrong value', { kind: 'hang', times: 0 }, /^times: expected an integer from 1 to 1000000, got 0$/],
    ['a wrong word', { kind: 'server-error', body: 'xml' }, /^body: expected html or empty/],
    ['a status of success as server error', { kind: 'server-error', status: 200 }, /^status/],
    ['a wrong flag', { kind: 'oversized', chunked: 1 }, /^chunked/],
    ['a wrong match', { kind: 'hang', query: { a: 1 } }, /^query/],
    [
      'a parameter in the spelling of the schema',
      { kind: 'hang', query: { categoryType: true } },
      /^query\.categoryType: the endpoint has no such parameter; it has identifierName, .*pointCategoryType/,
    ],
    [
      'a parameter inherited from Object',
      { kind: 'hang', query: { toString: true } },
      /^query\.toString: the endpoint has no such parameter/,
    ],
    [
      'a word that the parameter never has',
      { kind: 'hang', query: { identifierName: 'MOBILE' } },
      /^query\.identifierName: expected mobile or email .*, got "MOBILE"$/,
    ],
    [
      'a flag that is neither true nor false',
      { kind: 'hang', query: { includeTillConceptEvents: 'yes' } },
      /^query\.includeTillConceptEvents: expected true or false, /,
    ],
    [
      'a parameter of a ledger call on the token endpoint',
      { kind: 'hang', endpoint: 'token', identifierValue: 'merged' },
      /^identifierValue: a fault of the endpoint "token" cannot have it/,
    ],
    [
      'a request id that a gateway would replace',
      { kind: 'hang', onlyFor: 'my test' },
      /^onlyFor: expected a UUID in lower case/,
    ],
    ['a wrong second fault', [{ kind: 'hang' }, 7], /expected a JSON object/],
  ])('refuses %s', (_, value, problem) => {
    expect(readFaults(value)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
