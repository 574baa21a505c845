/** The demonstration members: three dozen invented people, and one member for each situation. */

import { createRandom } from '../faults/random.ts';
import type { Member, MemberIdentifier } from '../ledger/member.ts';
import { makeAccounts, monthOf } from './accounts.ts';
import { fictionalMobiles, type Person, people } from './people.ts';
import { situations } from './situations.ts';

/** The members that a sandbox has by default, the same on every machine. */
export const members: readonly Member[] = [
  ...people.map(makeMember),
  ...situations.flatMap(({ member }) => (member === null ? [] : [member])),
];

function makeMember(person: Person, index: number): Member {
  const [firstName, lastName] = person;
  // One seed each: a person who is added in the middle changes nobody else.
  const random = createRandom(1000 + index);
  const joined = monthOf(2023, 1) + Math.floor(random() * 24);
  return {
    userId: String(502_522_001 + index),
    externalId: `MR-${1001 + index}`,
    firstName,
    lastName,
    identifiers: makeIdentifiers(person, index + 1),
    ledger: makeAccounts(random, joined),
  };
}

/** Member 7 has MR-1007, CARD-1007, and a mobile and a card number that end in 07. */
function makeIdentifiers([, , mailName, region]: Person, number: number): MemberIdentifier[] {
  const two = String(number).padStart(2, '0');
  return [
    { name: 'mobile', value: `${fictionalMobiles[region]}${two}` },
    { name: 'email', value: `${mailName}@example.com` },
    { name: 'externalId', value: `MR-10${two}` },
    { name: 'cardnumber', value: `50100000000000${two}` },
    { name: 'cardExternalId', value: `CARD-10${two}` },
  ];
}
