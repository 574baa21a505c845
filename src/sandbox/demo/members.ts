/** The demonstration members: three dozen invented people, and one member for each situation. */

import type { Member } from '../ledger/member.ts';
import { personMembers } from './person-members.ts';
import { situations } from './situations.ts';

/** The members that a sandbox has unless it is given others; the same on every machine. */
export const members: readonly Member[] = [
  ...personMembers,
  ...situations.flatMap(({ member }) => (member === null ? [] : [member])),
];
