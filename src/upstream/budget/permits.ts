/**
 * Gets the permit for one call: synchronously if the budget has one, else through the queue of the credential. Knows
 * neither calls nor how budgets are counted.
 */

import { CallFailure, ownRefusal, wholeSeconds } from '../failure.ts';
import type { ClientEvents } from '../observe.ts';
import type { CallBudget, Permit } from './call-budget.ts';
import { createPermitQueue, type PermitQueue, type QueueRequest } from './permit-queue.ts';

/** A request for one permit. */
export type PermitRequest = QueueRequest & {
  readonly credential: string;
  /** How many permits of the budget this request must leave to token calls. Each number has a queue of its own. */
  readonly reserved: 0 | 1;
};

/** The permits of all credentials of a process. */
export type Permits = ReturnType<typeof createPermits>;

type PermitsOptions = Pick<ClientEvents, 'onWaited'> & {
  readonly budget: CallBudget;
  readonly now: () => number;
};

/** Builds the permits. `now` is the monotonic clock in milliseconds. */
export function createPermits({ budget, now, onWaited }: PermitsOptions) {
  const queues = createQueues(budget, now);

  async function waitInQueue(request: PermitRequest, first: TakeResult | undefined): Promise<Permit> {
    const since = now();
    try {
      const permit = await queues.wait(request, first);
      onWaited('granted', now() - since);
      return permit;
    } catch (error) {
      onWaited(request.signal.aborted ? 'left' : 'refused', now() - since);
      throw error;
    }
  }

  return {
    /**
     * Returns a permit, or a promise of one if the call must wait or the budget answers later. `release` must follow.
     * @throws as `PermitQueue.wait`; RATE_LIMITED, when too many other credentials have calls that count.
     */
    acquire(request: PermitRequest): Permit | Promise<Permit> {
      const { credential, fairnessKey, reserved, signal } = request;
      signal.throwIfAborted();
      const noRoomMs = budget.openAccount(credential, fairnessKey);
      if (noRoomMs !== undefined) {
        onWaited('refused', 0);
        throw noRoom(noRoomMs);
      }
      const answer = queues.has(request) ? undefined : budget.take(credential, 1, reserved);
      const permit = answer === undefined || answer instanceof Promise ? undefined : answer.permits[0];
      if (permit === undefined) return waitInQueue(request, answer);
      onWaited('granted', 0);
      return permit;
    },
    /** Must be called when the call has ended. `wasSent`: whether the upstream may have counted the call. */
    release({ credential }: PermitRequest, permit: Permit, wasSent: boolean): void {
      permit.release(wasSent);
      if (!wasSent) queues.wake(credential);
    },
    /** @throws {CallFailure} RATE_LIMITED, to be tried again through the queue, if the upstream has answered 429 since. */
    refuseIfBlocked(credential: string): void {
      const blockedMs = budget.blockedMs(credential);
      if (blockedMs > 0) throw limitedFor(blockedMs, { sent: false });
    },
    /** Must be called after a 429. The credential gets no permit for as long as `failure` says. */
    block(credential: string, failure: CallFailure): void {
      budget.block(credential, retryAfterMs(failure));
      queues.wake(credential);
    },
    /** The failure of a 429, with the longer of two waits: the upstream's, and the wait for the next permit. */
    async withLongerWait({ credential, reserved }: PermitRequest, failure: CallFailure) {
      const { permits, waitsMs } = await budget.take(credential, 1, reserved);
      for (const unwanted of permits) unwanted.release(false);
      const [waitMs = 0] = waitsMs;
      return waitMs > retryAfterMs(failure) ? limitedFor(waitMs, { cause: failure }) : failure;
    },
    /** Sets the shutdown deadline, on the monotonic clock: no request waits beyond it. The earliest one counts. */
    closeAt: queues.closeAt,
    /** How many requests wait, over all credentials. */
    waiting: queues.waiting,
  };
}

type TakeResult = ReturnType<CallBudget['take']>;

/**
 * One queue for each credential with waiting page calls, and one for its token calls, which must not wait for page
 * calls.
 */
function createQueues(budget: CallBudget, now: () => number) {
  const queues = new Map<string, PermitQueue>();
  let closesAt = Number.POSITIVE_INFINITY;

  return {
    // Most calls find no queue at all, and need no name for one.
    has: (request: PermitRequest) => queues.size > 0 && queues.has(queueName(request)),
    wait(request: PermitRequest, first: TakeResult | undefined): Promise<Permit> {
      const { credential, reserved } = request;
      const name = queueName(request);
      const existing = queues.get(name);
      const take = (count: number) => budget.take(credential, count, reserved);
      const onEmpty = () => queues.delete(name);
      const queue = existing ?? createPermitQueue({ take, closesAt: () => closesAt, onEmpty, now });
      queues.set(name, queue);
      const permit = queue.wait(request);
      if (existing === undefined) void queue.serve(first ?? take(1));
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

const retryAfterMs = ({ details }: CallFailure): number => (details.retryAfter ?? 0) * 1000;

/** The error while the upstream takes no calls, or the budget has no permit. */
function limitedFor(waitMs: number, facts: { sent?: boolean; cause?: unknown }): CallFailure {
  const retryAfter = wholeSeconds(waitMs);
  const message = `The upstream takes no more calls, and the budget has no permit, for ${retryAfter} s.`;
  return new CallFailure('RATE_LIMITED', message, { retryAfter, ...facts });
}

function noRoom(waitMs: number): CallFailure {
  const retryAfter = Number.isFinite(waitMs) ? wholeSeconds(waitMs) : 1;
  const message = `Calls are counted for as many credentials as there is room for, and for no other for ${retryAfter} s.`;
  return ownRefusal('RATE_LIMITED', message, retryAfter);
}
