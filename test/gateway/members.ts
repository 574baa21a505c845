/**
 * The members that gateway tests ask for, and how they are named in GraphQL.
 */
import type { Member } from '../../src/sandbox/ledger/member.ts';
import type { CustomerIdentifierInput } from '../generated/graphql.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';

/** Mobiles that are long enough to be searched for in a log. */
export const mobiles = {
  twelve: '447700900012',
  three: '447700900003',
  gaps: '447700900023',
  unknown: '447700900999',
} as const;

/** Twelve entries; three; twenty-three positions of which every third is empty. */
export const threeMembers: readonly Member[] = [
  numberedMember(mobiles.twelve, { ledger: numberedLedger(12) }),
  numberedMember(mobiles.three, { ledger: numberedLedger(3) }),
  numberedMember(mobiles.gaps, { ledger: numberedLedger(23, [1, 4, 7, 10, 13, 16, 19, 22]) }),
];

/** The identifier as a variable. */
export function byMobile(value: string): CustomerIdentifierInput {
  return { name: 'MOBILE', value };
}

/** A customer of its own for each number: a question that no other number asks. */
export function customerNumber(number: number): CustomerIdentifierInput {
  return byMobile(String(447_700_100_000 + number));
}

/** The identifier as it is written into a document. */
export function mobileLiteral(value: string): string {
  return `{ name: MOBILE, value: ${JSON.stringify(value)} }`;
}

/** The categories of a numbered ledger from one position up to another, exclusive, without the gaps. */
export function categories(from: number, to: number, gaps: readonly number[] = []): string[] {
  return numberedLedger(to, gaps)
    .slice(from)
    .flatMap((account) => account?.pointsCategory ?? []);
}
