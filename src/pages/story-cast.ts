/** The types of the story, and its customers: members of the sandbox, or placeholders that the reader replaces. */

import { listName } from '../ledger/arguments/ledger-list.ts';
import { CursorCodec } from '../ledger/sealing/cursor.ts';
import type { CursorKeyRing } from '../ledger/sealing/secret-keys.ts';

/** One operation of the story. */
export type Chapter = {
  /** The name of the operation, and the title of its tab. */
  readonly name: string;
  /** The document. Its comment explains it to the reader. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether the chapter needs a member of the sandbox. It is left out elsewhere. */
  readonly sandboxOnly?: true;
};

/** A `CustomerIdentifierInput` with its source, because GraphiQL would mark a missing one. */
type Identifier = { readonly name: string; readonly value: string; readonly source: string };

/** The customers of the story. */
export type Cast = {
  /** Has more than three balances. */
  readonly member: Identifier;
  /** The same customer with another identifier. */
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

/** The identifier of the sandbox's member for a situation. */
export function bySituation(name: string) {
  return { name: 'EXTERNAL_ID', value: name, source: 'INSTORE' };
}

const amara = { name: 'MOBILE', value: '447700900001', source: 'INSTORE' } as const;

/** The mark of the first chapter's last edge: the third of seven balances, on a page with all seven. */
const endOfFirstPage = {
  kind: 'entry',
  start: 0,
  length: 7,
  shown: 7,
  index: 2,
  total: 7,
} as const;

/**
 * Members of the sandbox. The cursor is sealed with the gateway's keys, as in the first chapter's answer, so that the
 * second chapter runs unchanged with any ID_SECRET.
 */
export function sandboxCast(keys: CursorKeyRing): Cast {
  const [cursor = ''] = new CursorCodec(keys, listName(amara, {})).seal([endOfFirstPage]);
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

/** Placeholders, because only the reader knows the customers of a real endpoint. */
export const unknownCast: Cast = {
  member: someone,
  memberByEmail: { name: 'EMAIL', value: 'the e-mail of the same customer', source: 'INSTORE' },
  history: someone,
  currencies: someone,
  nobody: { name: 'MOBILE', value: 'a mobile that nobody has', source: 'INSTORE' },
  online: { name: 'EXTERNAL_ID', value: 'an external id', source: 'ECOMMERCE' },
  cursor: 'the endCursor of the first page',
};
