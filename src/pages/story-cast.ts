/** The chapters and the customers of the story: members of the sandbox, or placeholders that the reader fills in. */

import { listName } from '../ledger/arguments/ledger-list.ts';
import { createCursorCodec } from '../ledger/sealing/cursor.ts';
import type { CursorKeyRing } from '../ledger/sealing/secret-keys.ts';

/** One operation of the story. */
export type Chapter = {
  /** The name of the operation, and the title of its tab. */
  readonly name: string;
  /** The document, with a comment for its reader. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Depends on a member that only the sandbox has, and is left out elsewhere. */
  readonly sandboxOnly?: true;
};

/** A whole `CustomerIdentifierInput`: the editor would mark a missing source. */
type Identifier = { readonly name: string; readonly value: string; readonly source: string };

/** The customers of the story. */
export type Cast = {
  /** Has more than three balances. */
  readonly member: Identifier;
  /** The same one by another identifier. */
  readonly memberByEmail: Identifier;
  /** Has balances that changed in the course of 2025. */
  readonly history: Identifier;
  /** Has alternate currencies. */
  readonly currencies: Identifier;
  /** Belongs to no customer. */
  readonly nobody: Identifier;
  /** Registered in a web shop. */
  readonly online: Identifier;
  /** The `endCursor` of the first chapter. */
  readonly cursor: string;
};

/** The sandbox's member for a situation. */
export function bySituation(name: string) {
  return { name: 'EXTERNAL_ID', value: name, source: 'INSTORE' };
}

const amara = { name: 'MOBILE', value: '447700900001', source: 'INSTORE' } as const;

/** In the first chapter's list, the third of seven balances, seen on a page with all of them. */
const endOfFirstPage = {
  kind: 'entry',
  place: { start: 0, length: 7, shown: 7, index: 2 },
  total: 7,
} as const;

/**
 * Members of the sandbox. The cursor is sealed as the gateway seals it for the first chapter, so that the second one runs as
 * it stands with any ID_SECRET.
 */
export function sandboxCast(keys: CursorKeyRing): Cast {
  const [cursor = ''] = createCursorCodec(keys, listName(amara, {})).seal([endOfFirstPage]);
  return {
    member: amara,
    memberByEmail: { name: 'EMAIL', value: 'amara.okafor@example.com', source: 'INSTORE' },
    history: bySituation('history'),
    currencies: bySituation('currencies'),
    nobody: { name: 'MOBILE', value: '447700900999', source: 'INSTORE' },
    online: { name: 'EXTERNAL_ID', value: 'web-shop', source: 'ECOMMERCE' },
    cursor,
  };
}

const someone = { name: 'MOBILE', value: 'a mobile as registered', source: 'INSTORE' } as const;

/** Placeholders: only the reader knows who is registered at a real endpoint. */
export const unknownCast: Cast = {
  member: someone,
  memberByEmail: { name: 'EMAIL', value: 'the e-mail of the same customer', source: 'INSTORE' },
  history: someone,
  currencies: someone,
  nobody: { name: 'MOBILE', value: 'a mobile that nobody has', source: 'INSTORE' },
  online: { name: 'EXTERNAL_ID', value: 'an external id', source: 'ECOMMERCE' },
  cursor: 'the endCursor of the first page',
};
