/** The call budget of one process. Counts; neither waits nor calls. */

import { budgetWindowMs, type CallBudget } from '../upstream/call-budget.ts';
import { createPlaceBook } from './place-book.ts';

/** What a budget needs. */
export type InProcessBudgetOptions = {
  /** Calls of one credential in any 60 s; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/**
 * A budget with all places free. It remembers no more than the calls of the last minute: accounts that have become
 * idle are dropped as new ones come.
 */
export function createInProcessBudget({ callsPerMinute, now }: InProcessBudgetOptions): CallBudget {
  const book = createPlaceBook(now, budgetWindowMs);
  const hasLimit = Number.isFinite(callsPerMinute);
  let calls = 0;
  return {
    async take(credential) {
      const [waitMs = 0] = book.waitsMs(credential, callsPerMinute, 1);
      if (waitMs > 0) return { ok: false, retryAfterMs: waitMs };
      calls += 1;
      const end = book.enter(credential, String(calls));
      // Without a limit nothing is counted, so nothing need be remembered of a call that has ended.
      return { ok: true, release: (wasSent, lateByMs) => end(wasSent && hasLimit, lateByMs) };
    },
    waitsMs: async (credential, count) => book.waitsMs(credential, callsPerMinute, count),
    block: book.block,
    read: () => book.read({ own: callsPerMinute, all: callsPerMinute }),
  };
}
