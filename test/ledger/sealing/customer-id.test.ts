/** Ids name a customer, and only the gateway can read which. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCustomerId, sealCustomerId } from '../../../src/ledger/sealing/customer-id.ts';
import { deriveKeys } from '../../../src/ledger/sealing/secret-keys.ts';
import {
  type CustomerIdentifier,
  customerSources,
  identifierNames,
} from '../../../src/upstream/page-request.ts';

const secret = 'a secret for tests that is long enough';
const keys = deriveKeys(secret).ids;
const amara: CustomerIdentifier = { name: 'EMAIL', value: 'amara@example.test', source: 'INSTORE' };

const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const anyIdentifier: fc.Arbitrary<CustomerIdentifier> = fc.record(
  {
    name: fc.constantFrom(...identifierNames),
    value: anyText,
    source: fc.constantFrom(...customerSources),
    accountId: anyText,
  },
  { requiredKeys: ['name', 'value', 'source'] },
);

describe('a customer id', () => {
  it('opens to the identifier that it was made from, and is equal for equal ones', () => {
    fc.assert(
      fc.property(anyIdentifier, (identifier) => {
        const id = sealCustomerId(keys, identifier);
        expect(openCustomerId(keys, 'id', id)).toEqual(identifier);
        expect(sealCustomerId(keys, { ...identifier })).toBe(id);
      }),
    );
  });

  it('keeps the form that clients have stored', () => {
    expect(sealCustomerId(keys, amara)).toBe(
      'AW6eF0s1ZqhFC21WZCSnjMyHuRA7MhL8hOXLBfUeBguxu0yOR4F909POSIZFLdwU33nOMSkutN3i5Q3_SCKj17paZRO6rY3UNUid9zxOrZIx',
    );
  });

  it('shows nothing of the identifier, not even its exact length', () => {
    const id = sealCustomerId(keys, amara);
    expect(Buffer.from(id, 'base64url').toString('latin1')).not.toContain('amara');
    expect(sealCustomerId(keys, { ...amara, value: 'a@example.test' })).toHaveLength(id.length);
  });

  it('differs for the same person asked for in another way', () => {
    const ids = [
      amara,
      { ...amara, name: 'EXTERNAL_ID' as const },
      { ...amara, source: 'ALL' as const },
      { ...amara, accountId: '7' },
    ].map((identifier) => sealCustomerId(keys, identifier));
    expect(new Set(ids).size).toBe(4);
  });

  it('does not open when it is damaged, another gateway’s, or invented', () => {
    const id = sealCustomerId(keys, amara);
    const foreign = sealCustomerId(deriveKeys('somebody else with a secret of their own').ids, amara);
    const damaged = [...id].map((character, index) => {
      return `${id.slice(0, index)}${character === 'A' ? 'B' : 'A'}${id.slice(index + 1)}`;
    });
    for (const text of [foreign, ...damaged, '', '1', `${id}=`, id.repeat(100), 'Q3VzdG9tZXI6MQ==']) {
      expect(() => openCustomerId(keys, 'ids[3]', text)).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument: 'ids[3]' } }),
      );
    }
  });

  it('opens after its secret has become the previous one', () => {
    const renewed = deriveKeys('another secret that is long enough', secret).ids;
    expect(openCustomerId(renewed, 'id', sealCustomerId(keys, amara))).toEqual(amara);
    expect(sealCustomerId(renewed, amara)).not.toBe(sealCustomerId(keys, amara));
  });
});
