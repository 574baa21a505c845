/**
 * Shares calls in flight between requests that need the same page at the same time. Does not know why a page is needed.
 * Requests share a call exactly when they use the same name for the list.
 */
import { GatewayError } from '../../errors.ts';
import type { PageAnswer } from '../../upstream/page-request.ts';
import { LightSignal, type Signal, unlessAborted } from '../../upstream/signal.ts';
import { type Block, isSameBlock } from '../list/block.ts';

/** One request that waits for a call. */
export type Waiter = {
  /** Fires when the request stops waiting. */
  readonly signal: Signal;
  /** Until when the answer is of use to the request, in milliseconds of the monotonic clock. */
  readonly deadlineAt: () => number;
};

/**
 * Makes the call, with the deadline and the fairness key of the request that starts it. The signal fires when no request
 * waits for the call any more.
 */
export type StartCall = (signal: Signal, deadlineAt: number) => Promise<PageAnswer>;

/** All calls in flight in a process. */
export type CallsInFlight = ReturnType<typeof createCallsInFlight>;

type Call = {
  readonly block: Block;
  readonly answer: Promise<PageAnswer>;
  readonly signal: LightSignal;
  readonly deadlineAt: number;
  waiters: number;
};

/** Starts without calls. A call is forgotten when it settles. */
export function createCallsInFlight() {
  /** The calls of each list: an array, because most lists have one, and a map takes four times the memory. */
  const lists = new Map<string, Call[]>();

  function begin(list: string, block: Block, start: StartCall, deadlineAt: number): Call {
    const signal = new LightSignal();
    const call: Call = { block, answer: start(signal, deadlineAt), signal, deadlineAt, waiters: 0 };
    const others = lists.get(list);
    if (others === undefined) lists.set(list, [call]);
    else others.push(call);
    return call;
  }

  /** Does nothing if the call was forgotten before: a cancelled call settles later. */
  function forget(list: string, call: Call): void {
    const calls = lists.get(list) ?? [];
    const index = calls.indexOf(call);
    if (index >= 0) calls.splice(index, 1);
    if (calls.length === 0) lists.delete(list);
  }

  function leave(list: string, call: Call): void {
    call.waiters -= 1;
    if (call.waiters > 0) return;
    forget(list, call);
    call.signal.abort(new Error('No request waits for this call any more'));
  }

  /**
   * Waits for the call of a block, and starts it if it is not in flight. Rejects with the reason of the waiter's signal as
   * soon as that fires. The call goes on while others wait for it, and is cancelled when the last one leaves. If the call
   * is refused because no permit came before its deadline, a waiter with a later deadline starts another call.
   */
  function join(list: string, block: Block, start: StartCall, waiter: Waiter): Promise<PageAnswer> {
    const { signal } = waiter;
    return unlessAborted(signal, (wait) => {
      const deadlineAt = waiter.deadlineAt();
      const inFlight = lists.get(list)?.find((other) => isSameBlock(other.block, block));
      const call = inFlight ?? begin(list, block, start, deadlineAt);
      call.waiters += 1;
      call.answer.then(
        (answer) => wait.resolve(answer),
        (error: unknown) => {
          if (!(call.deadlineAt < deadlineAt && isLimited(error))) return wait.reject(error);
          forget(list, call);
          wait.follow(join(list, block, start, waiter));
        },
      );
      return () => (signal.aborted ? leave(list, call) : forget(list, call));
    });
  }

  return {
    /** The blocks of a list that calls in flight ask for. */
    blocksOf: (list: string): Block[] => (lists.get(list) ?? []).map(({ block }) => block),
    join,
  };
}

const isLimited = (error: unknown): boolean => error instanceof GatewayError && error.code === 'RATE_LIMITED';
