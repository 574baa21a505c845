/** The way through the budgets: a fair line before each credential's. Knows neither calls nor how budgets are counted. */

import { type AccountRoom, type AccountRoomOptions, createAccountRoom } from './account-room.ts';
import type { ReleasePlace } from './budget-line.ts';
import { type BudgetLines, createBudgetLines, type LineRequest, type WaitObserver } from './budget-lines.ts';
import { refuseIfVain } from './budget-refusals.ts';
import type { CallBudget } from './call-budget.ts';
import { CallFailure } from './failure.ts';

/** A place in the budget, as the call that holds it sees it. */
export type Place = {
  /** To be called right before the call goes out: until then the place costs nothing. */
  readonly onSent: () => void;
  /**
   * May be told of the call's failure before anything else goes on because of it; otherwise `pass` learns of it a little
   * later.
   */
  readonly onFailed: (error: unknown) => void;
  /** Whether the upstream has said since that it takes no more calls: a call not yet sent should give its place back. */
  readonly isStopped: () => boolean;
};

/** The gate before all calls of a process. */
export type BudgetGate = {
  /**
   * Waits for a place in the budget, makes the call, and gives the place back when that has ended. One for which no
   * connection came about costs nothing. When the upstream answers that it takes no more calls, nobody with the same
   * credential gets a place until then.
   * @throws what `BudgetLine.wait` throws, and whatever the call does. RATE_LIMITED carries the longer of two waits: the
   * upstream's, and that for the next place.
   */
  readonly pass: <T>(request: LineRequest, call: (place: Place) => Promise<T>) => Promise<T>;
  /**
   * @param ahead how many will stand in line before this one, beside those who do already; none unless given.
   * @throws {GatewayError} RATE_LIMITED, as `pass` would at once, if it is known that no place comes in time.
   */
  readonly refuseInVain: (
    request: Pick<LineRequest, 'credential' | 'deadlineAt'>,
    ahead?: number,
  ) => Promise<void>;
  /** Tells at once who waits in vain by now, as when deadlines were drawn in. */
  readonly lookAgain: () => void;
  /** How many wait, of all credentials together. */
  readonly waiting: () => number;
  /** How many credentials are remembered, because calls of theirs still count. */
  readonly accounts: () => number;
};

/**
 * How much later than we have given it up a call may still arrive, in milliseconds: it has gone out, and was not answered.
 * Longer than a network takes that is well. One that lies unread with an upstream that stands still arrives whenever
 * that goes on.
 */
const lateArrivalMs = 2000;

/** A gate before these budgets. `now` is a clock in milliseconds that never goes back. */
export function createBudgetGate(
  budget: CallBudget,
  now: () => number,
  onWaited: WaitObserver = () => undefined,
  accounts: AccountRoomOptions = {},
): BudgetGate {
  const lines = createBudgetLines(budget, now, onWaited);
  const room = createAccountRoom(accounts, now);
  const waitInRoom = createRoomWait(room, lines, onWaited);

  /** Those who wait already learn at once whether that is now in vain. */
  function stop(credential: string, error: CallFailure): void {
    const forMs = secondsOf(error) * 1000;
    budget.block(credential, forMs);
    room.stop(credential, forMs);
    lines.stir(credential);
  }

  /** What to tell whose call it was: the longer of the two waits. */
  async function withNextPlace(credential: string, error: CallFailure): Promise<CallFailure> {
    const [waitMs = 0] = await budget.waitsMs(credential, 1);
    const seconds = Math.ceil(waitMs / 1000);
    return seconds > secondsOf(error) ? limited(seconds, error) : error;
  }

  return {
    async pass(request, call) {
      const release = await waitInRoom(request);
      let wasSent = false;
      let hasStopped = false;
      let isGivenUp = false;
      const onFailed = (error: unknown) => {
        if (hasStopped || !isUpstreamsLimit(error)) return;
        hasStopped = true;
        stop(request.credential, error);
      };
      try {
        return await call({
          onSent() {
            wasSent = true;
          },
          onFailed,
          isStopped: () => room.isStopped(request.credential),
        });
      } catch (error) {
        wasSent &&= !(error instanceof CallFailure) || error.sent;
        isGivenUp = wasSent && (request.signal.aborted || isTimeout(error));
        onFailed(error);
        throw isUpstreamsLimit(error) ? await withNextPlace(request.credential, error) : error;
      } finally {
        const lateByMs = isGivenUp ? lateArrivalMs : 0;
        release(wasSent, lateByMs);
        room.leave(request.credential, lateByMs);
        if (!wasSent) lines.stir(request.credential);
      }
    },
    async refuseInVain({ credential, deadlineAt }, ahead = 0) {
      const waits = await budget.waitsMs(credential, lines.lengthOf(credential) + ahead + 1);
      refuseIfVain(waits.at(-1) ?? 0, deadlineAt() - now());
    },
    lookAgain: lines.stirAll,
    waiting: lines.length,
    accounts: room.count,
  };
}

/** Builds the wait for a place, for a credential that there is room for. `room.leave` must follow. */
function createRoomWait(room: AccountRoom, lines: BudgetLines, onWaited: WaitObserver) {
  return async (request: LineRequest): Promise<ReleasePlace> => {
    const { credential, subject } = request;
    try {
      room.enter(credential, subject);
    } catch (error) {
      onWaited('refused', 0);
      throw error;
    }
    try {
      return await lines.wait(request);
    } catch (error) {
      room.leave(credential, 0);
      throw error;
    }
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof CallFailure && error.code === 'UPSTREAM_TIMEOUT';
}

function isUpstreamsLimit(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.again === 'in-queue';
}

function secondsOf({ details }: CallFailure): number {
  return details.retryAfter ?? 0;
}

function limited(retryAfter: number, cause: CallFailure): CallFailure {
  return new CallFailure(
    'RATE_LIMITED',
    `The upstream takes no more calls, and the budget has no place, for ${retryAfter} s.`,
    { retryAfter, cause },
  );
}
