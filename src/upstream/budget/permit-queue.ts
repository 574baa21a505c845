/**
 * The queue before the budget of one credential. It serves its waiters in turn, and refuses a waiter as soon as no permit can
 * come in time. Knows neither calls nor how budgets are counted.
 *
 * Need. Permits are handed out fairly; a waiter that no permit reaches in time is refused at once, with the exact wait; and a
 * budget that replicas share is not asked more often than needed.
 *
 * Trick. The queue asks one question at a time, for all waiters. The answer holds permits for the first in turn and the waits
 * of all others, of one and the same moment. Then the queue rests until the next permit becomes free, or until it is woken.
 *
 * Cost. Others who share the budget may take the permit that a waiter expects: the queue asks again each second.
 */

import { type CallFailure, ownRefusal, wholeSeconds } from '../failure.ts';
import type { BudgetAnswer, Permit } from './call-budget.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';

/** Who wants a permit, and until when it is of use, in milliseconds of the monotonic clock. */
export type QueueRequest = {
  readonly fairnessKey: string;
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
};

/** What a queue needs. */
export type PermitQueueOptions = {
  /** Asks the budget for so many permits. */
  readonly take: (count: number) => BudgetAnswer | Promise<BudgetAnswer>;
  /** The shutdown deadline, beyond which nobody waits. */
  readonly closesAt: () => number;
  /** Called as soon as the queue is empty and asks no more. A later waiter needs a new queue. */
  readonly onEmpty: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** A queue before one budget. */
export type PermitQueue = ReturnType<typeof createPermitQueue>;

type Waiter = {
  readonly deadlineAt: number;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: unknown) => void;
};
type Waiters = FairQueue<Waiter>;
type Waits = BudgetAnswer['waitsMs'];

/** A permit that comes later than this before the deadline is of no use: no call is answered within it. */
const shortestCallMs = 100;

/** Others may share the budget, and give permits back unused: so often it is asked again, in milliseconds. */
const longestRestMs = 1000;

/** An empty queue. */
export function createPermitQueue({ take, closesAt, onEmpty, now }: PermitQueueOptions) {
  const waiters: Waiters = createFairQueue();
  let isWoken = false;
  let wakeUp = () => {};

  /** Asks the budget anew. */
  function wake(): void {
    isWoken = true;
    wakeUp();
  }

  /** Ends at once if the queue is empty, or was woken since the last question: the answer may be old. Leaves no timer behind. */
  async function rest(ms: number): Promise<void> {
    if (isWoken || waiters.size() === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Serves all waiters, and ends with the last of them. `first` is the answer to a question that was asked before. */
  async function serve(first: BudgetAnswer | Promise<BudgetAnswer>): Promise<void> {
    try {
      for (let asked = first; ; asked = take(waiters.size())) {
        isWoken = false;
        const answer = asked instanceof Promise ? await asked : asked;
        const restMs = handOut(waiters, answer, { now: now(), closesAt: closesAt() });
        await rest(restMs);
        if (waiters.size() === 0) return onEmpty();
      }
    } catch (error) {
      for (const { refuse } of waiters.inTurn()) refuse(error);
      onEmpty();
    }
  }

  return {
    wait: (request: QueueRequest) => waitInTurn(waiters, request, wake),
    serve,
    wake,
    size: waiters.size,
  };
}

/**
 * Waits for a permit; leaves no listener behind.
 * @throws {CallFailure} RATE_LIMITED, as soon as it is known that no permit comes in time; the signal's reason, as soon as
 * that fires; the error of a broken budget.
 */
function waitInTurn(
  waiters: Waiters,
  { fairnessKey, signal, deadlineAt }: QueueRequest,
  wake: () => void,
): Promise<Permit> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiters.remove([fairnessKey], waiter);
      signal.removeEventListener('abort', abandon);
    };
    const waiter: Waiter = {
      deadlineAt,
      grant(permit) {
        leave();
        resolve(permit);
      },
      refuse(reason) {
        leave();
        reject(reason);
      },
    };
    const abandon = () => {
      waiter.refuse(signal.reason);
      // The wait of the others does not change. Only an empty queue must not go on resting.
      if (waiters.size() === 0) wake();
    };
    signal.addEventListener('abort', abandon, { once: true });
    waiters.add([fairnessKey], waiter);
  });
}

type Moment = { readonly now: number; readonly closesAt: number };

/**
 * Gives each permit to the next in turn, or back to the budget if all have left. Refuses all waiters that no permit reaches
 * in time. Returns for how many milliseconds the queue may rest then.
 */
function handOut(waiters: Waiters, { permits, waitsMs }: BudgetAnswer, moment: Moment): number {
  for (const permit of permits) {
    const next = waiters.takeFirst();
    if (next === undefined) permit.release(false);
    else next.grant(permit);
  }
  refuseVain(waiters, waitsMs, moment);
  return restMsOf(waiters, waitsMs, moment);
}

/** Each waiter that is not refused takes the first wait that is left. */
function refuseVain(waiters: Waiters, waitsMs: Waits, { now, closesAt }: Moment): void {
  let taken = 0;
  for (const { deadlineAt, refuse } of waiters.inTurn()) {
    const waitMs = waitsMs[taken] ?? waitsMs.at(-1) ?? 0;
    if (now + waitMs + shortestCallMs > Math.min(deadlineAt, closesAt)) refuse(spent(waitMs));
    else taken += 1;
  }
}

/** Until the next permit may be free, or until the first waiter must be refused because of its deadline. */
function restMsOf(waiters: Waiters, waitsMs: Waits, { now, closesAt }: Moment): number {
  const deadlines = waiters.inTurn().map(({ deadlineAt }) => deadlineAt);
  const firstEnd = Math.min(closesAt, ...deadlines) - shortestCallMs + 1;
  return Math.max(0, Math.min(waitsMs[0] ?? 0, firstEnd - now, longestRestMs));
}

function spent(waitMs: number): CallFailure {
  const seconds = wholeSeconds(waitMs);
  return ownRefusal('RATE_LIMITED', `The budget of upstream calls is spent for ${seconds} s.`, seconds);
}
