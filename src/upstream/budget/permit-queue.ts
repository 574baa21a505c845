/**
 * Those who wait for the budget of one credential: served in turn, and refused as soon as they would wait in vain. Knows
 * neither calls nor how budgets are counted.
 *
 * Need. Permits are handed out fairly; who cannot have one in time is refused at once, with the exact wait; and a budget that
 * replicas share is not asked more often than needed.
 *
 * Trick. One question at a time, for all who wait: its answer holds permits for the first in turn and the waits of all the
 * others, of one and the same moment. Then the queue rests until the next permit frees, or somebody wakes it.
 *
 * Cost. Others who share the budget may take the permit that somebody waits for: the queue asks again each second.
 */

import { ownRefusal } from '../failure.ts';
import type { WaitOutcome } from '../observe.ts';
import type { BudgetAnswer, Permit } from './call-budget.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';

/** Who wants a permit, and until when it is of use, in milliseconds of the monotonic clock. */
export type QueueRequest = {
  /** The fairness key. */
  readonly fairnessKey: string;
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
};

/** What a queue needs. */
export type PermitQueueOptions = {
  /** Asks the budget for so many permits. */
  readonly take: (count: number) => BudgetAnswer | Promise<BudgetAnswer>;
  /** Until when anybody may wait. */
  readonly closesAt: () => number;
  /** Called in the very moment in which nobody waits any more, and nobody is served. */
  readonly onEmpty: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** A queue before one budget. */
export type PermitQueue = {
  /**
   * Waits for a permit; `onEnd` is called when the wait has ended.
   * @throws {CallFailure} RATE_LIMITED, as soon as it is known that no permit comes in time; the signal's reason, as soon as
   * that fires; whatever a broken budget throws.
   */
  readonly wait: (request: QueueRequest, onEnd: (outcome: WaitOutcome) => void) => Promise<Permit>;
  /** Serves all who wait, and ends with the last of them. `first` is a question that has been asked. */
  readonly serve: (first: BudgetAnswer | Promise<BudgetAnswer>) => Promise<void>;
  /** Asks the budget anew. */
  readonly wake: () => void;
  readonly size: () => number;
};

type Waiter = {
  readonly deadlineAt: number;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: unknown) => void;
};

type Waiting = { readonly waiting: FairQueue<Waiter>; readonly wake: () => void };

/** A permit that comes later than this before the deadline is of no use: no call is answered within it. */
const shortestCallMs = 100;

/** Others may share the budget, and give permits back unused: so often it is asked again, in milliseconds. */
const longestRestMs = 1000;

/** An empty queue. */
export function createPermitQueue({ take, closesAt, onEmpty, now }: PermitQueueOptions): PermitQueue {
  const waiting = createFairQueue<Waiter>();
  let isWoken = false;
  let wakeUp = () => {};
  const wake = () => {
    isWoken = true;
    wakeUp();
  };

  /** Not at all if it was woken since the last question: the answer may be old. Leaves no timer behind. */
  async function rest(ms: number): Promise<void> {
    if (isWoken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function serveUntilEmpty(first: BudgetAnswer | Promise<BudgetAnswer>): Promise<void> {
    for (let asked = first; ; asked = take(waiting.size())) {
      isWoken = false;
      const { permits, waitsMs } = asked instanceof Promise ? await asked : asked;
      for (const permit of permits) grantNext(waiting, permit);
      refuseVain(waiting, waitsMs, { now: now(), closesAt: closesAt() });
      if (waiting.size() > 0) await rest(restMsOf(waiting, waitsMs, { now: now(), closesAt: closesAt() }));
      if (waiting.size() === 0) return onEmpty();
    }
  }

  return {
    wait: (request, onEnd) => waitInTurn({ waiting, wake }, request, onEnd),
    async serve(first) {
      try {
        await serveUntilEmpty(first);
      } catch (error) {
        for (const { refuse } of waiting.inTurn()) refuse(error);
        onEmpty();
      }
    },
    wake,
    size: waiting.size,
  };
}

/** Until a permit, a refusal, or the signal, whichever comes first; leaves no listener behind. */
function waitInTurn(
  { waiting, wake }: Waiting,
  { fairnessKey, signal, deadlineAt }: QueueRequest,
  onEnd: (outcome: WaitOutcome) => void,
): Promise<Permit> {
  return new Promise((resolve, reject) => {
    const leave = (outcome: WaitOutcome) => {
      waiting.remove([fairnessKey], waiter);
      signal.removeEventListener('abort', abandon);
      onEnd(outcome);
    };
    const waiter: Waiter = {
      deadlineAt,
      grant(permit) {
        leave('granted');
        resolve(permit);
      },
      refuse(reason) {
        leave('refused');
        reject(reason);
      },
    };
    const abandon = () => {
      leave('left');
      reject(signal.reason);
      // Nobody is served later because one has left; only the last must not leave the queue at rest.
      if (waiting.size() === 0) wake();
    };
    signal.addEventListener('abort', abandon, { once: true });
    waiting.add([fairnessKey], waiter);
  });
}

/** To the first in turn; back to the budget if all have left meanwhile. */
function grantNext(waiting: FairQueue<Waiter>, permit: Permit): void {
  const next = waiting.takeFirst();
  if (next === undefined) permit.release(false);
  else next.grant(permit);
}

type Moment = { readonly now: number; readonly closesAt: number };

/** Refuses all whom no permit reaches in time. `waitsMs` are those of the next permits: each takes the first one left. */
function refuseVain(waiting: FairQueue<Waiter>, waitsMs: BudgetAnswer['waitsMs'], moment: Moment): void {
  let taken = 0;
  for (const { deadlineAt, refuse } of waiting.inTurn()) {
    const waitMs = waitsMs[taken] ?? waitsMs.at(-1) ?? 0;
    if (moment.now + waitMs + shortestCallMs > Math.min(deadlineAt, moment.closesAt)) refuse(spent(waitMs));
    else taken += 1;
  }
}

/** Until the next permit may be free; or until a permit is of no more use to the first of them, who must be refused then. */
function restMsOf(waiting: FairQueue<Waiter>, waitsMs: BudgetAnswer['waitsMs'], moment: Moment): number {
  const deadlines = waiting.inTurn().map(({ deadlineAt }) => deadlineAt);
  const firstEnd = Math.min(moment.closesAt, ...deadlines) - shortestCallMs + 1;
  return Math.max(0, Math.min(waitsMs[0] ?? 0, firstEnd - moment.now, longestRestMs));
}

function spent(waitMs: number) {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return ownRefusal('RATE_LIMITED', `The budget of upstream calls is spent for ${seconds} s.`, seconds);
}
