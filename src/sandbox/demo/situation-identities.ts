/** The situations that concern the customer: odd names and identifiers, huge numbers, remarks, merging. */

import type { Member } from '../ledger/member.ts';
import { programmes } from './programmes.ts';
import { makeSituation, plainAccount, type Situation } from './situation.ts';

/** 2^53 + 1 and 2^63 − 1: a double cannot hold the first, and rounds the second. */
const hugeIds: Partial<Member> = {
  userId: '9007199254740993',
  ledger: [{ ...plainAccount('Main', '10.000'), programId: '9223372036854775807' }],
};

/** Both people have the same LINE id, each in an account of its own. */
const lineId = { name: 'externalId', value: 'line-7', source: 'LINE' } as const;

/** Customers that are refused, remarked upon, or hard to name. */
export const identitySituations: readonly Situation[] = [
  makeSituation(21, 'merged', 'merged into another customer: refused with 8069', { merged: true }),
  makeSituation(22, 'warning-objects', 'warnings as objects with a code', {
    warnings: [{ status: false, code: 1001, message: 'Balance of one till is delayed' }],
  }),
  makeSituation(23, 'warning-texts', 'warnings as bare texts', {
    warnings: ['Balance of one till is delayed'],
  }),
  makeSituation(24, 'huge-ids', 'userId 2^53 + 1 and programId 2^63 − 1', hugeIds),
  makeSituation(25, 'long-decimals', 'balances that no double holds, tiny ones and one below zero', {
    ledger: [
      plainAccount('Main', '12345678901234567890.123'),
      plainAccount('Partner Points', '0.001'),
      plainAccount('Corrections', '-0.500'),
    ],
  }),
  makeSituation(26, 'text-ids', 'ids sent as texts, balances as numbers, with white space', {
    userId: '900719925474099301',
    idsAs: 'string',
    balancesAs: 'number',
    jsonStyle: 'spaced',
  }),
  makeSituation(27, 'odd-text', 'an external id with spaces, +, &, quotes, %, # and letters of all kinds', {
    identifiers: [
      { name: 'externalId', value: 'Zoë & Søn+1 "50%" #7/ü=?美咲 🎁' },
      { name: 'email', value: "zoë+o'neil&co@example.com" },
    ],
    externalId: 'Zoë & Søn+1 "50%" #7/ü=?美咲 🎁',
    firstName: 'Zoë "Zo"',
    lastName: "O'Neil & Søn <b>",
  }),
  makeSituation(28, 'empty-names', 'externalId and names are empty texts', {
    externalId: '',
    firstName: '',
    lastName: '',
  }),
  withoutNames(makeSituation(29, 'absent-names', 'externalId and names are absent', {})),
  makeSituation(30, 'user-group', 'entityType USERGROUP2', {
    entityType: 'USERGROUP2',
    firstName: 'Book Club',
  }),
  makeSituation(31, 'web-shop', 'registered in source ECOMMERCE: not found in INSTORE, found in ALL', {
    identifiers: [{ name: 'externalId', value: 'web-shop', source: 'ECOMMERCE' }],
    ledger: [{ ...plainAccount('Main', '88.000'), ...programmes.travel }],
  }),
  makeSituation(32, 'line-europe', 'source LINE, accountId line-europe', {
    identifiers: [{ ...lineId, accountId: 'line-europe' }],
  }),
  makeSituation(33, 'line-japan', 'the same LINE id in accountId line-japan: someone else', {
    identifiers: [{ ...lineId, accountId: 'line-japan' }],
    firstName: '健',
    lastName: '佐藤',
  }),
];

/** Absent is not the same as empty: the fields are not in the answer at all. */
function withoutNames(situation: Situation): Situation {
  if (!situation.member) return situation;
  const { externalId: _, firstName: __, lastName: ___, ...member } = situation.member;
  return { ...situation, member };
}
