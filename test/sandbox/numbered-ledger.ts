/** Makes ledgers and members for tests of positions and pages. Pure. */

import type { Account, Member } from '../../src/sandbox/ledger/member.ts';

/**
 * A ledger of `size` positions. Entry n has the category `Category n` and the balance `n.000`. No answer shows the
 * positions in `gaps`.
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

/** A member with this mobile number, which is also its `userId`. `fields` adds or replaces fields. */
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
