/**
 * Those who wait for the budget of one credential: served fairly, and told at once when they would wait in vain. Knows
 * neither calls nor how the budget is counted.
 */

import type { GatewayError } from '../errors.ts';
import type { CallBudget, CallGrant } from './call-budget.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { finalFailure } from './final-failure.ts';
import { createSleeper } from './sleeper.ts';

/** Tells that a call has ended, or that it was never sent. */
export type ReleasePlace = Extract<CallGrant, { ok: true }>['release'];

/** Who wants a place, and until when it is of use. */
export type PlaceRequest = {
  /** Whom fairness is between: who calls us, as far as that is known. */
  readonly subject: string;
  /** In milliseconds of the clock that never goes back. May change while one waits: it is asked at every look. */
  readonly deadlineAt: () => number;
  readonly signal: AbortSignal;
  /** Goes before all that are not: for a call that others in the line cannot do without. Not unless given. */
  readonly isUrgent?: boolean;
  /** For a place that several share. */
  readonly onDelay?: DelayObserver | undefined;
};

/**
 * Told, at every look that finds no place yet, that the call will not be answered sooner than at this moment, on the
 * clock of the deadlines; and what to tell one of several sharers who has less time than that. The call itself goes on
 * waiting as long as its own deadline allows. Must not throw.
 */
export type DelayObserver = (answeredNoSoonerThan: number, refusal: () => GatewayError) => void;

/** The line before one budget. */
export type BudgetLine = {
  /**
   * Waits for a place.
   * @throws {GatewayError} RATE_LIMITED, as soon as it is known that none will come in time, with the exact wait; the
   * signal's reason, as soon as that fires; whatever a broken budget throws.
   */
  readonly wait: (request: PlaceRequest) => Promise<ReleasePlace>;
  /** Looks anew at who can be served and who waits in vain. */
  readonly stir: () => void;
  readonly length: () => number;
};

type Waiter = Pick<PlaceRequest, 'deadlineAt' | 'onDelay'> & {
  readonly grant: (release: ReleasePlace) => void;
  readonly refuse: (error: unknown) => void;
};

/**
 * So many places are asked for side by side. A budget that is kept elsewhere takes a while to answer: one place after
 * the other, at 100 ms each, would let no more than ten calls a second through.
 */
const mostAsked = 64;

/**
 * A second. Others may share the budget: they give places back unused, or are told by the upstream to stop, and tell
 * nobody here of it.
 */
const lookAgainMs = 1000;

/** A budget whose answers contradict each other for a moment is not asked in a loop. In milliseconds. */
const soonestLookMs = 10;

/** A place that comes later than this before the deadline is of no use: no call is answered within it. */
const shortestCallMs = 100;

/**
 * A line in which nobody waits. `now` is a clock in milliseconds that never goes back.
 *
 * Places are asked for side by side until one is refused. Then the line rests: it tells those who wait in vain, sleeps
 * until a place may be free or somebody stirs it, and asks for one place, for two once that is granted, and so on.
 */
export function createBudgetLine(budget: CallBudget, credential: string, now: () => number): BudgetLine {
  const queue = createLine();
  const sleeper = createSleeper();
  let asked = 0;
  let width = mostAsked;
  let isResting = false;

  function askForPlaces(): void {
    while (!isResting && asked < Math.min(width, queue.size())) void orFail(askForPlace);
  }

  async function askForPlace(): Promise<void> {
    sleeper.rest(); // Whatever stirs the line from now on may not be in the answer.
    asked += 1;
    const grant = await budget.take(credential).finally(() => {
      asked -= 1;
    });
    if (!grant.ok) return rest(grant.retryAfterMs);
    width = Math.min(width * 2, mostAsked);
    handOut(grant.release);
    stir();
  }

  const look = lookThrough(queue, (count) => budget.waitsMs(credential, count, count), now);

  async function rest(retryAfterMs: number): Promise<void> {
    if (isResting) return;
    isResting = true;
    width = 1;
    try {
      const { restMs, roundMs } = await look(retryAfterMs);
      if (queue.size() > 0) await sleeper.sleep(restMs);
      refuseLate(queue.inTurn(), now() + roundMs);
    } finally {
      isResting = false;
    }
    askForPlaces();
  }

  function handOut(release: ReleasePlace): void {
    const waiter = queue.takeFirst();
    if (waiter === undefined) release(false);
    else waiter.grant(release);
  }

  /** A budget never throws. One that does must not leave anybody waiting for ever. */
  async function orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      for (const waiter of queue.inTurn()) waiter.refuse(error);
    }
  }

  function stir(): void {
    sleeper.wake();
    askForPlaces();
  }

  return { wait: (request) => standInLine(queue, request, stir), stir, length: queue.size };
}

/**
 * Looks when places come free, and tells those who wait in vain. Gives for how long to rest then, and how long it takes
 * by the look of it to ask for a place and to look again: those who have not that time must be told before.
 */
function lookThrough(
  queue: Line,
  waitsMs: (count: number) => Promise<readonly number[]>,
  now: () => number,
): (retryAfterMs: number) => Promise<{ readonly restMs: number; readonly roundMs: number }> {
  return async (retryAfterMs) => {
    const lookedAt = now();
    const waits = await waitsMs(queue.size());
    const roundMs = 2 * (now() - lookedAt);
    refuseInVain(queue.inTurn(), waits, now());
    // The first refusal may be of this process's own book, in which places that were only asked for count in full.
    const soonestMs = Math.min(waits[0] ?? retryAfterMs, firstEndMs(queue.inTurn(), now() + roundMs));
    return { restMs: Math.max(soonestLookMs, Math.min(soonestMs, lookAgainMs)), roundMs };
  };
}

/** How long until a place is of no more use to the first of them: that is to be told then, not when all is over. */
function firstEndMs(waiters: readonly Waiter[], moment: number): number {
  const ends = waiters.map(({ deadlineAt }) => deadlineAt() - shortestCallMs - moment);
  return ends.reduce((first, end) => Math.min(first, end + 1), Number.POSITIVE_INFINITY);
}

/** Tells those for whom a place would come too late by now, before another is asked for: that may take a while. */
function refuseLate(waiters: readonly Waiter[], moment: number): void {
  for (const { deadlineAt, refuse } of waiters) if (moment + shortestCallMs > deadlineAt()) refuse(spent(0));
}

/** Tells all whom no place reaches in time. `waits` are those of the next places, of which each has the first left. */
function refuseInVain(waiters: readonly Waiter[], waits: readonly number[], moment: number): void {
  let place = 0;
  for (const waiter of waiters) {
    const waitMs = waits[place] ?? waits.at(-1) ?? 0;
    const answeredAt = moment + waitMs + shortestCallMs;
    if (answeredAt > waiter.deadlineAt()) {
      waiter.refuse(spent(waitMs));
      continue;
    }
    place += 1;
    if (waitMs > 0) waiter.onDelay?.(answeredAt, () => spent(waitMs));
  }
}

type Turn = { readonly subject: string; readonly isUrgent: boolean };

type Line = Pick<FairQueue<Waiter>, 'takeFirst' | 'inTurn' | 'size'> & {
  readonly add: (turn: Turn, waiter: Waiter) => void;
  readonly remove: (turn: Turn, waiter: Waiter) => void;
};

/** Two queues, of which the urgent one goes first. */
function createLine(): Line {
  const [urgent, usual] = [createFairQueue<Waiter>(), createFairQueue<Waiter>()];
  const of = ({ isUrgent }: Turn) => (isUrgent ? urgent : usual);
  return {
    add: (turn, waiter) => of(turn).add([turn.subject], waiter),
    remove: (turn, waiter) => of(turn).remove([turn.subject], waiter),
    takeFirst: () => urgent.takeFirst() ?? usual.takeFirst(),
    inTurn: () => [...urgent.inTurn(), ...usual.inTurn()],
    size: () => urgent.size() + usual.size(),
  };
}

/** Until a grant, a refusal, or the signal, whichever comes first; leaves no listener behind. */
function standInLine(
  queue: Line,
  { subject, signal, isUrgent = false, ...request }: PlaceRequest,
  stir: () => void,
): Promise<ReleasePlace> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      queue.remove(turn, waiter);
      signal.removeEventListener('abort', abandon);
    };
    const refuse = (error: unknown) => {
      leave();
      reject(error);
    };
    const abandon = () => {
      refuse(signal.reason);
      // Nobody comes later because one has left; only the last must not leave the line asleep.
      if (queue.size() === 0) stir();
    };
    const grant = (release: ReleasePlace) => {
      leave();
      resolve(release);
    };
    const waiter: Waiter = { ...request, grant, refuse };
    const turn = { subject, isUrgent };
    signal.addEventListener('abort', abandon, { once: true });
    queue.add(turn, waiter);
    stir();
  });
}

/** @throws {GatewayError} RATE_LIMITED, if a place is free only after so long, and of no use to who has so much time. */
export function refuseIfVain(waitMs: number, leftMs: number): void {
  if (waitMs > 0 && waitMs + shortestCallMs > leftMs) throw spent(waitMs);
}

function spent(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return finalFailure('RATE_LIMITED', `The budget of upstream calls is spent for ${retryAfter} s.`, {
    retryAfter,
  });
}
