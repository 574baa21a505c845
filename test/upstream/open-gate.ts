/** A gate before a budget of this process, by the clock that `Date.now` tells, which a test may fake. */

import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { createBudgetGate } from '../../src/upstream/budget-gate.ts';
import type { WaitOutcome } from '../../src/upstream/budget-lines.ts';

const now = () => Date.now();

/** A call, all of whose parts have a usual value. */
export type Wish = {
  subject?: string;
  deadlineAt?: number;
  signal?: AbortSignal;
  lastsMs?: number;
  credential?: string;
};

/** A gate before a budget; calls take `lastsMs`, and the starts of all are written down. */
export const openGate = (callsPerMinute: number) => {
  const waits: [WaitOutcome, number][] = [];
  const budget = createInProcessBudget({ callsPerMinute, now });
  const gate = createBudgetGate(budget, now, (outcome, waitedMs) => waits.push([outcome, waitedMs]));
  const starts: { subject: string; at: number; endsAt: number }[] = [];
  const call = (wish: Wish = {}) => {
    const { subject = 's', deadlineAt = 1e9, lastsMs = 0, credential = 'c' } = wish;
    const signal = wish.signal ?? new AbortController().signal;
    return gate.pass({ credential, subject, deadlineAt: () => deadlineAt, signal }, async ({ onSent }) => {
      onSent();
      starts.push({ subject, at: now(), endsAt: now() + lastsMs });
      if (lastsMs > 0) await new Promise((resolve) => setTimeout(resolve, lastsMs));
      return 'page';
    });
  };
  return { gate, call, starts, waits };
};
