/** How a customer may be named, and what is refused before any call. */

import { describe, expect, it } from 'vitest';
import { type IdentifierInput, identifierFromInput } from '../../src/ledger/customer-identifier.ts';

const mobile: IdentifierInput = { name: 'MOBILE', value: '447700900001', source: 'INSTORE' };

describe('identifierFromInput', () => {
  it.each(['+44 7700 900001', 'a&b=c', '"quoted"', ' 447700900001', '李雷', '👩‍👧'])(
    'keeps %j as given',
    (value) => {
      expect(identifierFromInput({ ...mobile, value })).toEqual({ ...mobile, value });
    },
  );

  it('takes a null account as none', () => {
    expect(identifierFromInput({ ...mobile, accountId: null })).toEqual(mobile);
    expect(identifierFromInput({ ...mobile, accountId: '7' })).toEqual({ ...mobile, accountId: '7' });
  });

  it.each(['', ' ', '\u00a0\t', 'x'.repeat(1001), 'a\udc00'])(
    'refuses %j as a value or an account',
    (text) => {
      const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });
      expect(() => identifierFromInput({ ...mobile, value: text })).toThrow(refusal);
      expect(() => identifierFromInput({ ...mobile, accountId: text })).toThrow(refusal);
    },
  );

  it('does not repeat a refused value, which may be personal', () => {
    const value = `amara@example.test${'x'.repeat(1001)}`;
    expect(() => identifierFromInput({ ...mobile, value })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('amara') }),
    );
  });
});
