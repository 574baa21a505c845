/** One situation that a client of the endpoint can meet, and how its member is made. Pure. */

import type { Account, Member, MemberIdentifier } from '../ledger/member.ts';
import { programmes } from './programmes.ts';

/** By which identifier a situation is met, what it shows, and the member; `null`: nobody has the identifier. */
export type Situation = {
  readonly name: string;
  readonly identifier: MemberIdentifier;
  readonly shows: string;
  readonly member: Member | null;
};

/**
 * A situation whose member is found as external id `name`, as e-mail `name@example.com` and as mobile
 * 4477009001 and two digits. `fields` replaces whatever of the member is special; the identifier that the
 * situation is known by is the member's first.
 */
export function makeSituation(
  number: number,
  name: string,
  shows: string,
  fields: Partial<Member>,
): Situation {
  const member: Member = {
    userId: String(502_523_000 + number),
    externalId: name,
    firstName: 'Demo',
    lastName: name,
    identifiers: namedIdentifiers(number, name),
    ledger: [plainAccount('Main', '120.000')],
    ...fields,
  };
  const [identifier = { name: 'id', value: member.userId } as const] = member.identifiers;
  return { name, identifier, shows, member };
}

function namedIdentifiers(number: number, name: string): MemberIdentifier[] {
  return [
    { name: 'externalId', value: name },
    { name: 'email', value: `${name}@example.com` },
    { name: 'mobile', value: `4477009001${String(number).padStart(2, '0')}` },
  ];
}

/** An account of the first programme whose balance is the same under every filter that lists it. */
export function plainAccount(pointsCategory: string, openingBalance: string): Account {
  return { ...programmes.retail, pointsCategory, openingBalance };
}
