/**
 * The queue for the budget of one credential. It serves waiters in turn, and refuses a waiter as soon as no permit can come
 * in time. Knows neither calls nor how budgets are counted.
 *
 * Need. Permits are handed out fairly. A waiter that gets no permit in time is refused at once, with the exact wait. A
 * budget in Redis is asked no more often than needed.
 *
 * Trick. The queue asks the budget once for all waiters. The answer has the permits that are free, for the first in
 * turn, and the waits of all others. Then the queue rests until the next permit becomes free, or until it is woken.
 *
 * Cost. Another replica may take the permit that a waiter expects, or give one back unused. So the queue asks again at
 * least once a second.
 */

import { type CallFailure, ownRefusal, wholeSeconds } from '../failure.ts';
import { type Signal, unlessAborted, type Wait } from '../signal.ts';
import type { BudgetAnswer, Permit } from './call-budget.ts';
import { createFairQueue, type FairnessKey, type FairQueue } from './fair-queue.ts';

/** A request for one permit, which is of use until `deadlineAt`, in milliseconds of the monotonic clock. */
export type QueueRequest = {
  readonly fairnessKey: string;
  readonly deadlineAt: number;
  readonly signal: Signal;
};

/** What a queue needs. */
export type PermitQueueOptions = {
  /** Asks the budget for `count` permits. */
  readonly take: (count: number) => BudgetAnswer | Promise<BudgetAnswer>;
  /** The shutdown deadline, beyond which no waiter waits. */
  readonly closesAt: () => number;
  /** Called when the queue is empty and has stopped. The next waiter needs a new queue. */
  readonly onEmpty: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** The queue for one budget. */
export type PermitQueue = ReturnType<typeof createPermitQueue>;

type Waiter = { readonly key: FairnessKey; readonly deadlineAt: number; readonly wait: Wait<Permit> };
type Waiters = FairQueue<Waiter>;
type Waits = BudgetAnswer['waitsMs'];

/** Least time between permit and deadline, in milliseconds. No call is answered in less. */
const shortestCallMs = 100;

/** Most milliseconds between two questions to the budget. */
const longestRestMs = 1000;

/** Starts empty. `serve` must be called once, when the first waiter waits. */
export function createPermitQueue({ take, closesAt, onEmpty, now }: PermitQueueOptions) {
  const waiters: Waiters = createFairQueue();
  let isWoken = false;
  let wakeUp = () => {};

  /** Makes the queue ask the budget again. */
  function wake(): void {
    isWoken = true;
    wakeUp();
  }

  /**
   * Rests, but not if the queue is empty, or was woken since the last question and the answer may be old. Leaves no
   * timer behind.
   */
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

  /**
   * Serves waiters until none is left. Gives each permit to the next waiter in turn, or back to the budget if no waiter is
   * left. Refuses waiters that get no permit in time. `first` is the answer that the caller of this function has asked for.
   */
  async function serve(first: BudgetAnswer | Promise<BudgetAnswer>): Promise<void> {
    try {
      for (let asked = first; ; asked = take(waiters.size())) {
        isWoken = false;
        const { permits, waitsMs } = await asked;
        for (const permit of permits) {
          const next = waiters.takeFirst();
          if (next === undefined) permit.release(false);
          else next.wait.resolve(permit);
        }
        const moment = { now: now(), closesAt: closesAt() };
        refuseTooLate(waiters, waitsMs, moment);
        await rest(restMsOf(waiters, waitsMs, moment));
        if (waiters.size() === 0) return onEmpty();
      }
    } catch (error) {
      for (const { wait } of waiters.inTurn()) wait.reject(error);
      onEmpty();
    }
  }

  return {
    /**
     * Waits for a permit; leaves no listener behind.
     * @throws {CallFailure} RATE_LIMITED, as soon as no permit can come in time; the signal's reason, as soon as the
     * signal fires; any error of the budget, which is a bug.
     */
    wait: ({ fairnessKey, signal, deadlineAt }: QueueRequest): Promise<Permit> =>
      unlessAborted(signal, (wait) => {
        const waiter = { key: [fairnessKey], deadlineAt, wait };
        waiters.add(waiter.key, waiter);
        return () => {
          waiters.remove(waiter.key, waiter);
          // The other waiters go on waiting as before. Only an empty queue must stop resting, to end.
          if (waiters.size() === 0) wake();
        };
      }),
    serve,
    wake,
    size: waiters.size,
  };
}

type Moment = { readonly now: number; readonly closesAt: number };

/**
 * Gives each waiter in turn the shortest wait that is left. Refuses it if that is too long, and offers the wait to the
 * next.
 */
function refuseTooLate(waiters: Waiters, waitsMs: Waits, { now, closesAt }: Moment): void {
  let taken = 0;
  for (const waiter of waiters.inTurn()) {
    const waitMs = waitsMs[taken] ?? waitsMs.at(-1) ?? 0;
    if (now + waitMs + shortestCallMs > Math.min(waiter.deadlineAt, closesAt)) {
      waiters.remove(waiter.key, waiter);
      waiter.wait.reject(spent(waitMs));
    } else taken += 1;
  }
}

/** Milliseconds until the next permit may be free, or the first waiter must be refused because of its deadline. */
function restMsOf(waiters: Waiters, waitsMs: Waits, { now, closesAt }: Moment): number {
  const firstEnd = waiters.inTurn().reduce((first, { deadlineAt }) => Math.min(first, deadlineAt), closesAt);
  const firstRefusalAt = firstEnd - shortestCallMs + 1;
  return Math.max(0, Math.min(waitsMs[0] ?? 0, firstRefusalAt - now, longestRestMs));
}

function spent(waitMs: number): CallFailure {
  const seconds = wholeSeconds(waitMs);
  return ownRefusal('RATE_LIMITED', `The budget of upstream calls is spent for ${seconds} s.`, seconds);
}
