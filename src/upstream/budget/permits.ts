/**
 * The way to a permit for one call: at once where the budget has one, else through the queue of the credential. A call
 * that need not wait pays nothing for waiting. Knows neither calls nor how budgets are counted.
 */

import { CallFailure } from '../failure.ts';
import type { WaitObserver } from '../observe.ts';
import { type AccountRoom, type AccountRoomOptions, createAccountRoom } from './account-room.ts';
import type { BudgetAnswer, CallBudget, Permit } from './call-budget.ts';
import { createPermitQueue, type PermitQueue, type QueueRequest } from './permit-queue.ts';

/** Who wants a permit. */
export type PermitRequest = QueueRequest & {
  readonly credential: string;
  /** Permits of the budget that are left to others; who leaves none does not wait behind those who do. */
  readonly kept: 0 | 1;
};

/** A permit that is held for one call. */
export type HeldPermit = Permit & {
  /** @throws {CallFailure} RATE_LIMITED, to be tried in the queue again, if the upstream has said 429 meanwhile. */
  readonly refuseIfBlocked: () => void;
  /** The upstream answered this call 429: nobody with the credential gets a permit until then. */
  readonly stop: (failure: CallFailure) => void;
  /** That failure with the longer of two waits: the upstream's, and that for the next permit. */
  readonly longerWait: (failure: CallFailure) => Promise<CallFailure>;
};

/** The permits of all credentials of a process. */
export type Permits = {
  /**
   * Gives a permit: at once if the budget answers at once and has one.
   * @throws what `PermitQueue.wait` throws; RATE_LIMITED for a credential that there is no room for.
   */
  readonly acquire: (request: PermitRequest) => HeldPermit | Promise<HeldPermit>;
  /** From now on nobody waits beyond this moment of the monotonic clock. It is only ever drawn in. */
  readonly closeAt: (moment: number) => void;
  /** How many wait, of all credentials together. */
  readonly waiting: () => number;
  /** How many credentials are remembered, because calls of theirs still count. */
  readonly accounts: () => number;
};

/** What permits are given from. */
export type PermitsOptions = {
  readonly budget: CallBudget;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly onWaited: WaitObserver;
  readonly accounts?: AccountRoomOptions | undefined;
};

/** Permits for which nobody waits. */
export function createPermits({ budget, now, onWaited, accounts = {} }: PermitsOptions): Permits {
  const room = createAccountRoom(accounts, now);
  const queues = createQueues(budget, now);

  function hold(permit: Permit, request: PermitRequest): HeldPermit {
    const { credential } = request;
    return {
      release(wasSent) {
        permit.release(wasSent);
        room.leave(credential);
        if (!wasSent) queues.wake(credential);
      },
      refuseIfBlocked() {
        const blockedMs = budget.blockedMs(credential);
        if (blockedMs > 0) throw limitedFor(blockedMs, { sent: false });
      },
      stop(failure) {
        budget.block(credential, waitAskedBy(failure));
        room.stop(credential, waitAskedBy(failure));
        queues.wake(credential);
      },
      longerWait: (failure) => withNextPermit(budget, request, failure),
    };
  }

  function waitInQueue(request: PermitRequest, first: BudgetAnswer | Promise<BudgetAnswer> | undefined) {
    const since = now();
    return queues
      .wait(request, first, (outcome) => onWaited(outcome, now() - since))
      .then(
        (permit) => hold(permit, request),
        (error: unknown) => {
          room.leave(request.credential);
          throw error;
        },
      );
  }

  return {
    acquire(request) {
      const { credential, kept, signal } = request;
      signal.throwIfAborted();
      enterRoom(room, request, onWaited);
      const answer = queues.has(request) ? undefined : budget.take(credential, 1, kept);
      const permit = answer === undefined || answer instanceof Promise ? undefined : answer.permits[0];
      if (permit === undefined) return waitInQueue(request, answer);
      onWaited('granted', 0);
      return hold(permit, request);
    },
    closeAt: queues.closeAt,
    waiting: queues.waiting,
    accounts: room.count,
  };
}

/** A queue for each credential that anybody waits for; and one for token calls, which wait for no page. */
function createQueues(budget: CallBudget, now: () => number) {
  const queues = new Map<string, PermitQueue>();
  let closesAt = Number.POSITIVE_INFINITY;

  function wait(
    request: PermitRequest,
    first: BudgetAnswer | Promise<BudgetAnswer> | undefined,
    onEnd: Parameters<PermitQueue['wait']>[1],
  ): Promise<Permit> {
    const { credential, kept } = request;
    const name = queueName(request);
    const take = (count: number) => budget.take(credential, count, kept);
    const known = queues.get(name);
    const queue =
      known ?? createPermitQueue({ take, closesAt: () => closesAt, onEmpty: () => queues.delete(name), now });
    queues.set(name, queue);
    const permit = queue.wait(request, onEnd);
    if (known === undefined) void queue.serve(first ?? take(1));
    else queue.wake();
    return permit;
  }

  return {
    wait,
    has: (request: PermitRequest) => queues.has(queueName(request)),
    wake(credential: string): void {
      for (const kept of [0, 1] as const) queues.get(queueName({ credential, kept }))?.wake();
    },
    closeAt(moment: number): void {
      closesAt = Math.min(closesAt, moment);
      for (const queue of queues.values()) queue.wake();
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.size(), 0),
  };
}

function queueName({ credential, kept }: Pick<PermitRequest, 'credential' | 'kept'>): string {
  return `${kept} ${credential}`;
}

function enterRoom(
  room: AccountRoom,
  { credential, fairnessKey }: PermitRequest,
  onWaited: WaitObserver,
): void {
  try {
    room.enter(credential, fairnessKey);
  } catch (error) {
    onWaited('refused', 0);
    throw error;
  }
}

/** While the credential is blocked the budget gives no permit, and tells the longer wait. */
async function withNextPermit(
  budget: CallBudget,
  { credential, kept }: PermitRequest,
  failure: CallFailure,
): Promise<CallFailure> {
  const { permits, waitsMs } = await budget.take(credential, 1, kept);
  for (const unwanted of permits) unwanted.release(false);
  const [waitMs = 0] = waitsMs;
  return waitMs > waitAskedBy(failure) ? limitedFor(waitMs, { cause: failure }) : failure;
}

function waitAskedBy({ details }: CallFailure): number {
  return (details.retryAfter ?? 0) * 1000;
}

/** The upstream wants no calls, or there is no permit, for so long. */
function limitedFor(
  waitMs: number,
  facts: { readonly sent?: boolean; readonly cause?: unknown },
): CallFailure {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `The upstream takes no more calls, and the budget has no permit, for ${retryAfter} s.`;
  return new CallFailure('RATE_LIMITED', message, { retryAfter, ...facts });
}
