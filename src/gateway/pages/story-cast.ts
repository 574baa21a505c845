/**
 * Whom the story is told about: members of the sandbox, or placeholders that the reader fills in.
 */

import { createCursorCodec } from '../../ledger/cursor.ts';
import type { KeyRing } from '../../ledger/secret-keys.ts';
import type { Cast } from './story.ts';

const bySituation = (value: string) => ({ name: 'EXTERNAL_ID', value }) as const;
const many = bySituation('many-entries');

/** Of the first chapter's list: the fifth of the first five of 137 balances. */
const endOfFirstPage = {
  kind: 'entry',
  place: { start: 0, length: 5, shown: 5, index: 4 },
  total: 137,
} as const;

/**
 * Members of the sandbox. The cursor is made here as the gateway makes it for the first chapter, so that the
 * second one runs as it stands, whatever ID_SECRET is.
 */
export function sandboxCast(keys: KeyRing): Cast {
  const { seal } = createCursorCodec(keys, { ...many, source: 'INSTORE' }, {});
  return {
    many,
    history: bySituation('history'),
    currencies: bySituation('currencies'),
    nobody: { name: 'MOBILE', value: '447700900999' },
    byMobile: { name: 'MOBILE', value: '447700900001' },
    byEmail: { name: 'EMAIL', value: 'amara.okafor@example.com' },
    online: { ...bySituation('web-shop'), source: 'ECOMMERCE' },
    cursor: seal(endOfFirstPage),
  };
}

const someone = { name: 'MOBILE', value: 'a mobile as registered' } as const;

/** Placeholders: who is registered at a real endpoint, only the reader can know. */
export const unknownCast: Cast = {
  many: someone,
  history: someone,
  currencies: someone,
  nobody: { name: 'MOBILE', value: 'a mobile that nobody has' },
  byMobile: someone,
  byEmail: { name: 'EMAIL', value: 'the e-mail of the same customer' },
  online: { name: 'EXTERNAL_ID', value: 'an external id', source: 'ECOMMERCE' },
  cursor: 'the endCursor of the first page',
};
