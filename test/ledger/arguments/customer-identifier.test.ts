/** How a customer may be named, and what is refused before any call. */

import { describe, expect, it } from 'vitest';
import {
  type IdentifierInput,
  identifierFromInput,
} from '../../../src/ledger/arguments/customer-identifier.ts';

const mobile = { name: 'MOBILE', value: '447700900001', source: 'INSTORE' } as const;
const read = (given: IdentifierInput) => identifierFromInput('identifiers[3]', given);

describe('identifierFromInput', () => {
  it.each(['+44 7700 900001', 'a&b=c', '"quoted"', ' 447700900001', '李雷', '👩‍👧'])(
    'keeps %j as given',
    (value) => {
      expect(read({ ...mobile, value })).toEqual({ ...mobile, value });
    },
  );

  it('reads a null account as left out', () => {
    expect(read({ ...mobile, accountId: null })).toEqual(mobile);
    expect(read({ ...mobile, accountId: '7' })).toEqual({ ...mobile, accountId: '7' });
  });

  it.each(['', ' ', '\u00a0\t', 'x'.repeat(1001), 'a\udc00'])(
    'refuses %j as a value or an account',
    (text) => {
      const refusal = (argument: string) =>
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument } });
      expect(() => read({ ...mobile, value: text })).toThrow(refusal('identifiers[3].value'));
      expect(() => read({ ...mobile, accountId: text })).toThrow(refusal('identifiers[3].accountId'));
    },
  );

  it.each([null, undefined])('takes a source of %s as the default', (source) => {
    expect(read({ ...mobile, source })).toEqual(mobile);
  });

  it('refuses texts that no URL holds, each of which fits alone', () => {
    const text = '李'.repeat(600);
    const alone = { ...mobile, value: text };
    expect(read(alone)).toEqual(alone);
    expect(() => read({ ...alone, accountId: text })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument: 'identifiers[3]' } }),
    );
    expect(() => read({ ...mobile, value: '李'.repeat(900) })).toThrow(
      expect.objectContaining({ details: { argument: 'identifiers[3].value' } }),
    );
  });

  it('does not repeat a refused value, which may be personal', () => {
    const value = `amara@example.test${'x'.repeat(1001)}`;
    expect(() => read({ ...mobile, value })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('amara') }),
    );
  });
});
