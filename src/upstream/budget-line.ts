/**
 * Those who wait for the budget of one credential: served fairly, and told at once when they would wait in vain. Knows
 * neither calls nor how the budget is counted.
 */

import type { CallBudget, CallGrant } from './call-budget.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { finalFailure } from './final-failure.ts';

/** Tells that a call has ended, or that it was never sent. */
export type ReleasePlace = Extract<CallGrant, { ok: true }>['release'];

/** Who wants a place, and until when it is of use. */
export type PlaceRequest = {
  /** Whom fairness is between: who calls us, as far as that is known. */
  readonly subject: string;
  /** In milliseconds of the clock that never goes back. May change while one waits: it is asked at every look. */
  readonly deadlineAt: () => number;
  readonly signal: AbortSignal;
};

/** The line before one budget. */
export type BudgetLine = {
  /**
   * Waits for a place.
   * @throws {GatewayError} RATE_LIMITED, as soon as it is known that none will come in time, with the exact wait; the
   * signal's reason, as soon as that fires.
   */
  readonly wait: (request: PlaceRequest) => Promise<ReleasePlace>;
  /** Looks anew at who can be served and who waits in vain. */
  readonly stir: () => void;
  readonly length: () => number;
};

type Waiter = {
  readonly deadlineAt: () => number;
  readonly grant: (release: ReleasePlace) => void;
  readonly refuse: (error: unknown) => void;
};

/** setTimeout takes no more. */
const longestTimerMs = 2 ** 31 - 1;

/** A line in which nobody waits. `now` is a clock in milliseconds that never goes back. */
export function createBudgetLine(budget: CallBudget, credential: string, now: () => number): BudgetLine {
  const queue = createFairQueue<Waiter>();
  const sleeper = createSleeper();
  let isServing = false;

  /** Runs while anybody waits: hands out places, refuses who waits in vain, sleeps until something may change. */
  async function serve(): Promise<void> {
    isServing = true;
    while (queue.size() > 0) {
      sleeper.rest();
      const grant = await budget.take(credential);
      if (grant.ok) handOut(grant.release);
      else {
        await refuseInVain();
        if (queue.size() > 0) await sleeper.sleep(grant.retryAfterMs);
      }
    }
    isServing = false;
  }

  function handOut(release: ReleasePlace): void {
    const waiter = queue.takeFirst();
    if (waiter === undefined) release(false);
    else waiter.grant(release);
  }

  async function refuseInVain(): Promise<void> {
    const waits = await budget.waitsMs(credential, queue.size());
    let place = 0;
    for (const waiter of queue.inTurn()) {
      const waitMs = waits[place] ?? waits.at(-1) ?? 0;
      if (now() + waitMs < waiter.deadlineAt()) place += 1;
      else waiter.refuse(spent(waitMs));
    }
  }

  function stir(): void {
    if (isServing) sleeper.wake();
    else void serve();
  }

  return { wait: (request) => standInLine(queue, request, stir), stir, length: queue.size };
}

/** Until a grant, a refusal, or the signal, whichever comes first; leaves no listener behind. */
function standInLine(
  queue: FairQueue<Waiter>,
  { subject, deadlineAt, signal }: PlaceRequest,
  stir: () => void,
): Promise<ReleasePlace> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      queue.remove(subject, waiter);
      signal.removeEventListener('abort', abandon);
    };
    const refuse = (error: unknown) => {
      leave();
      reject(error);
    };
    const abandon = () => {
      refuse(signal.reason);
      stir();
    };
    const grant = (release: ReleasePlace) => {
      leave();
      resolve(release);
    };
    const waiter: Waiter = { deadlineAt, grant, refuse };
    signal.addEventListener('abort', abandon, { once: true });
    queue.add(subject, waiter);
    stir();
  });
}

function spent(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return finalFailure('RATE_LIMITED', `The budget of upstream calls is spent for ${retryAfter} s.`, {
    retryAfter,
  });
}

/** A sleep that can be cut short, even before it has begun: whoever wakes between `rest` and `sleep` is heard. */
function createSleeper() {
  let isAwake = false;
  let wakeUp: (() => void) | undefined;
  return {
    rest(): void {
      isAwake = false;
    },
    wake(): void {
      isAwake = true;
      wakeUp?.();
    },
    sleep(ms: number): Promise<void> {
      if (isAwake) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => wakeUp?.(), Math.min(ms, longestTimerMs));
        wakeUp = () => {
          clearTimeout(timer);
          wakeUp = undefined;
          resolve();
        };
      });
    },
  };
}
