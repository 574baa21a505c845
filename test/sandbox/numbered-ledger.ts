/** Makes ledgers and members for tests that care for positions and pages, not for who it is. Pure. */

import type { Account, Member } from '../../src/sandbox/ledger/member.ts';

/**
 * A ledger of `size` positions. Entry n is category `Category n` with balance `n.000` in one programme;
 * the positions listed in `gaps` hold nothing that is ever shown.
 */
export function numberedLedger(size: number, gaps: readonly number[] = []): (Account | null)[] {
  const hidden = new Set(gaps);
  return Array.from({ length: size }, (_, position) =>
    hidden.has(position) ? null : numberedAccount(position),
  );
}

function numberedAccount(position: number): Account {
  return {
    pointsCategory: `Category ${position}`,
    programId: '1568',
    programName: 'Default Program',
    openingBalance: `${position}.000`,
  };
}

/** A member found by mobile number, with a ledger and whatever else is given. Its `userId` is its mobile. */
export function numberedMember(mobile: string, fields: Partial<Member> = {}): Member {
  return {
    userId: mobile,
    externalId: `ext-${mobile}`,
    firstName: 'Test',
    lastName: `Member ${mobile}`,
    identifiers: [{ name: 'mobile', value: mobile }],
    ledger: [],
    ...fields,
  };
}
