/** Turns the people of the demonstration data into members with identifiers and histories. */

import { createRandom } from '../faults/random.ts';
import type { Member, MemberIdentifier } from '../ledger/member.ts';
import { makeAccounts } from './accounts.ts';
import { monthOf } from './histories.ts';
import { fictionalMobiles, type Person, people } from './people.ts';

/** One member for each person, the same on every machine. */
export const personMembers: readonly Member[] = people.map(makeMember);

function makeMember(person: Person, place: number): Member {
  const [firstName, lastName] = person;
  // A generator each: another person in the middle of the list leaves all others as they are.
  const random = createRandom(1000 + place);
  const joined = monthOf(2023, 1) + Math.floor(random() * 24);
  return {
    userId: String(502_522_001 + place),
    externalId: `MR-${1001 + place}`,
    firstName,
    lastName,
    identifiers: makeIdentifiers(person, place + 1),
    ledger: makeAccounts(random, joined),
  };
}

/** Numbered alike throughout: member 7 has MR-1007, CARD-1007 and a mobile and card number ending in 07. */
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
