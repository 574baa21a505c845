/**
 * Whom the story is told about: members of the sandbox, or placeholders that the reader fills in.
 */

import { listName } from '../ledger/arguments/ledger-list.ts';
import { createCursorCodec } from '../ledger/sealing/cursor.ts';
import type { KeyRing } from '../ledger/sealing/secret-keys.ts';
import type { Cast } from './chapter.ts';
import { bySituation } from './story-errors.ts';

const amara = { name: 'MOBILE', value: '447700900001', source: 'INSTORE' } as const;

/** In the first chapter's list: the third of seven balances, as seen on a page that shows them all. */
const endOfFirstPage = {
  kind: 'entry',
  place: { start: 0, length: 7, shown: 7, index: 2 },
  total: 7,
} as const;

/**
 * Members of the sandbox. The cursor is made here as the gateway makes it for the first chapter, so that the
 * second one runs as it stands, whatever ID_SECRET is.
 */
export function sandboxCast(keys: KeyRing): Cast {
  const { seal } = createCursorCodec(keys, listName(amara, {}));
  return {
    member: amara,
    memberByEmail: { name: 'EMAIL', value: 'amara.okafor@example.com', source: 'INSTORE' },
    history: bySituation('history'),
    currencies: bySituation('currencies'),
    nobody: { name: 'MOBILE', value: '447700900999', source: 'INSTORE' },
    online: { name: 'EXTERNAL_ID', value: 'web-shop', source: 'ECOMMERCE' },
    cursor: seal(endOfFirstPage),
  };
}

const someone = { name: 'MOBILE', value: 'a mobile as registered', source: 'INSTORE' } as const;

/** Placeholders: who is registered at a real endpoint, only the reader can know. */
export const unknownCast: Cast = {
  member: someone,
  memberByEmail: { name: 'EMAIL', value: 'the e-mail of the same customer', source: 'INSTORE' },
  history: someone,
  currencies: someone,
  nobody: { name: 'MOBILE', value: 'a mobile that nobody has', source: 'INSTORE' },
  online: { name: 'EXTERNAL_ID', value: 'an external id', source: 'ECOMMERCE' },
  cursor: 'the endCursor of the first page',
};
