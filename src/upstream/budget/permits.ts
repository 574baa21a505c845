/**
 * The way to a permit for one call: at once where the budget has one, else through the queue of the credential. A call
 * that need not wait pays nothing for waiting. Knows neither calls nor how budgets are counted.
 */

import { CallFailure, wholeSeconds } from '../failure.ts';
import type { ClientEvents } from '../observe.ts';
import { type AccountRoomOptions, createAccountRoom } from './account-room.ts';
import type { BudgetAnswer, CallBudget, Permit } from './call-budget.ts';
import { createPermitQueue, type PermitQueue, type QueueRequest } from './permit-queue.ts';

/** Who wants a permit. */
export type PermitRequest = QueueRequest & {
  readonly credential: string;
  /** Permits of the budget that stay reserved for token calls. A request that reserves none has a queue of its own. */
  readonly reserved: 0 | 1;
};

/** The permits of all credentials of a process. */
export type Permits = {
  /**
   * Gives a permit, at once if the budget answers at once and has one. `release` must follow.
   * @throws as `PermitQueue.wait`; RATE_LIMITED for a credential beyond the bound on accounts.
   */
  readonly acquire: (request: PermitRequest) => Permit | Promise<Permit>;
  /** Gives it back, when the call has ended. `wasSent`: whether the upstream may have counted the call. */
  readonly release: (request: PermitRequest, permit: Permit, wasSent: boolean) => void;
  /** @throws {CallFailure} RATE_LIMITED, to be tried in the queue again, if the upstream has answered 429 meanwhile. */
  readonly refuseIfBlocked: (credential: string) => void;
  /** The upstream answered a call 429: the credential gets no permit for as long as that asks. */
  readonly block: (credential: string, failure: CallFailure) => void;
  /** The 429 with the longer of two waits: the upstream's, and that for the next permit. */
  readonly withLongerWait: (request: PermitRequest, failure: CallFailure) => Promise<CallFailure>;
  /** From now on nobody waits beyond this moment of the monotonic clock. The earliest such moment counts. */
  readonly closeAt: (moment: number) => void;
  /** How many wait, of all credentials together. */
  readonly waiting: () => number;
  /** How many credentials are remembered because their calls still count. */
  readonly accounts: () => number;
};

/** What permits are given from. */
export type PermitsOptions = {
  readonly budget: CallBudget;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly onWaited: ClientEvents['onWaited'];
  readonly accounts?: AccountRoomOptions | undefined;
};

/** Builds the permits. */
export function createPermits(options: PermitsOptions): Permits {
  const { budget, now, onWaited } = options;
  const room = createAccountRoom(options.accounts ?? {}, now, () => onWaited('refused', 0));
  const queues = createQueues(budget, now);

  async function waitInQueue(request: PermitRequest, first: Asked | undefined): Promise<Permit> {
    const since = now();
    try {
      const permit = await queues.wait(request, first);
      onWaited('granted', now() - since);
      return permit;
    } catch (error) {
      room.leave(request.credential);
      onWaited(request.signal.aborted ? 'left' : 'refused', now() - since);
      throw error;
    }
  }

  return {
    acquire(request) {
      const { credential, fairnessKey, reserved, signal } = request;
      signal.throwIfAborted();
      room.enter(credential, fairnessKey);
      const answer = queues.has(request) ? undefined : budget.take(credential, 1, reserved);
      const permit = answer === undefined || answer instanceof Promise ? undefined : answer.permits[0];
      if (permit === undefined) return waitInQueue(request, answer);
      onWaited('granted', 0);
      return permit;
    },
    release({ credential }, permit, wasSent) {
      permit.release(wasSent);
      room.leave(credential);
      if (!wasSent) queues.wake(credential);
    },
    refuseIfBlocked(credential) {
      const blockedMs = budget.blockedMs(credential);
      if (blockedMs > 0) throw limitedFor(blockedMs, { sent: false });
    },
    block(credential, failure) {
      budget.block(credential, waitAskedBy(failure));
      room.block(credential, waitAskedBy(failure));
      queues.wake(credential);
    },
    withLongerWait: (request, failure) => withNextPermit(budget, request, failure),
    closeAt: queues.closeAt,
    waiting: queues.waiting,
    accounts: room.count,
  };
}

type Asked = BudgetAnswer | Promise<BudgetAnswer>;

/** A queue for each credential that calls wait for. Token calls have one of their own: they wait for no page. */
function createQueues(budget: CallBudget, now: () => number) {
  const queues = new Map<string, PermitQueue>();
  let closesAt = Number.POSITIVE_INFINITY;

  return {
    has: (request: PermitRequest) => queues.has(queueName(request)),
    wait(request: PermitRequest, first: Asked | undefined): Promise<Permit> {
      const { credential, reserved } = request;
      const name = queueName(request);
      const known = queues.get(name);
      const take = (count: number) => budget.take(credential, count, reserved);
      const onEmpty = () => queues.delete(name);
      const queue = known ?? createPermitQueue({ take, closesAt: () => closesAt, onEmpty, now });
      queues.set(name, queue);
      const permit = queue.wait(request);
      if (known === undefined) void queue.serve(first ?? take(1));
      else queue.wake();
      return permit;
    },
    wake(credential: string): void {
      if (queues.size === 0) return;
      for (const reserved of [0, 1] as const) queues.get(queueName({ credential, reserved }))?.wake();
    },
    closeAt(moment: number): void {
      closesAt = Math.min(closesAt, moment);
      for (const queue of queues.values()) queue.wake();
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.size(), 0),
  };
}

function queueName({ credential, reserved }: Pick<PermitRequest, 'credential' | 'reserved'>): string {
  return `${reserved} ${credential}`;
}

/** While the credential is blocked, the budget gives no permit and answers with the longer wait. */
async function withNextPermit(
  budget: CallBudget,
  { credential, reserved }: PermitRequest,
  failure: CallFailure,
): Promise<CallFailure> {
  const { permits, waitsMs } = await budget.take(credential, 1, reserved);
  for (const unwanted of permits) unwanted.release(false);
  const [waitMs = 0] = waitsMs;
  return waitMs > waitAskedBy(failure) ? limitedFor(waitMs, { cause: failure }) : failure;
}

function waitAskedBy({ details }: CallFailure): number {
  return (details.retryAfter ?? 0) * 1000;
}

/** The upstream takes no calls, or the budget has no permit, for so long. */
function limitedFor(
  waitMs: number,
  facts: { readonly sent?: boolean; readonly cause?: unknown },
): CallFailure {
  const retryAfter = wholeSeconds(waitMs);
  const message = `The upstream takes no more calls, and the budget has no permit, for ${retryAfter} s.`;
  return new CallFailure('RATE_LIMITED', message, { retryAfter, ...facts });
}
