/**
 * Those who wait for the budget of one credential: served fairly, and told at once when they would wait in vain. Knows
 * neither calls nor how the budget is counted.
 */

import { type DelayObserver, firstEndMs, refuseInVain, refuseLate, type Waiting } from './budget-refusals.ts';
import type { CallBudget, CallGrant } from './call-budget.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
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

type Waiter = Waiting & { readonly grant: (release: ReleasePlace) => void };

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

/**
 * A line in which nobody waits. `now` is a clock in milliseconds that never goes back.
 *
 * Places are asked for side by side until one is refused. Then the line rests: it waits for the other answers, tells those
 * who wait in vain, sleeps until a place may be free or somebody stirs it, and asks for one place, for two once that is
 * granted, and so on. Only with all answers in hand is it known who waits, and how long: a place that is granted and not
 * handed out yet would count as taken, and whoever was to have it be refused.
 */
export function createBudgetLine(budget: CallBudget, credential: string, now: () => number): BudgetLine {
  const queue = createLine();
  const sleeper = createSleeper();
  let asked = 0;
  let width = mostAsked;
  let isResting = false;

  function askForPlaces(): void {
    while (!isResting && asked < Math.min(width, queue.size())) void orFail(queue, askForPlace);
  }

  async function askForPlace(): Promise<void> {
    sleeper.rest(); // Whatever stirs the line from now on may not be in the answer.
    asked += 1;
    let grant: CallGrant | undefined;
    try {
      grant = await budget.take(credential);
    } finally {
      asked -= 1;
      if (grant?.ok) handOut(queue, grant.release); // In one breath: whoever looks must not find it in nobody's hands.
      if (asked === 0) sleeper.wake();
    }
    if (!grant.ok) return rest(grant.retryAfterMs);
    width = Math.min(width * 2, mostAsked);
    stir();
  }

  const look = lookThrough(queue, (count, waiting) => budget.waitsMs(credential, count, waiting), now);

  /** Whatever stirs the line until then is in what is looked at next. */
  async function allAnswers(): Promise<void> {
    sleeper.rest();
    for (; asked > 0; sleeper.rest()) await sleeper.sleep(lookAgainMs);
  }

  async function rest(retryAfterMs: number): Promise<void> {
    if (isResting) return;
    isResting = true;
    width = 1;
    try {
      await allAnswers();
      const { restMs, roundMs } = await look.through(retryAfterMs);
      if (queue.size() > 0) await sleeper.sleep(restMs);
      refuseLate(queue.inTurn(), now() + roundMs);
      look.tellChange();
    } finally {
      isResting = false;
    }
    askForPlaces();
  }

  function stir(): void {
    sleeper.wake();
    askForPlaces();
  }

  return { wait: (request) => standInLine(queue, request, stir), stir, length: queue.size };
}

function handOut(queue: Line, release: ReleasePlace): void {
  const waiter = queue.takeFirst();
  if (waiter === undefined) release(false);
  else waiter.grant(release);
}

/** A budget never throws. One that does must not leave anybody waiting for ever. */
async function orFail(queue: Line, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const waiter of queue.inTurn()) waiter.refuse(error);
  }
}

/**
 * Looks when places come free, and tells those who wait in vain. Gives for how long to rest then, and how long it takes
 * by the look of it to ask for a place and to look again: those who have not that time must be told before. Of how many
 * wait whoever shares the budget is told, and again as soon as it is known that there are fewer.
 */
function lookThrough(
  queue: Line,
  waitsMs: (count: number, waiting: number) => Promise<readonly number[]>,
  now: () => number,
) {
  let told = 0;
  function tellChange(): void {
    if (queue.size() === told) return;
    told = queue.size();
    waitsMs(0, told).catch(() => undefined);
  }
  async function through(retryAfterMs: number) {
    const lookedAt = now();
    told = queue.size();
    const waits = await waitsMs(told, told);
    const roundMs = 2 * (now() - lookedAt);
    refuseInVain(queue.inTurn(), waits, now());
    tellChange();
    // The first refusal may be of this process's own book, in which places that were only asked for count in full.
    const soonestMs = Math.min(waits[0] ?? retryAfterMs, firstEndMs(queue.inTurn(), now() + roundMs));
    return { restMs: Math.max(soonestLookMs, Math.min(soonestMs, lookAgainMs)), roundMs };
  }
  return { through, tellChange };
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
