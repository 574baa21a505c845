/** The demonstration members. */

import type { Member } from './member.ts';
import { numberedLedger, numberedMember } from './numbered-ledger.ts';

/** The members that a sandbox has unless it is given others. */
export const members: readonly Member[] = [numberedMember('447700900001', { ledger: numberedLedger(12) })];
