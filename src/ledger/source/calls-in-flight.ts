/**
 * Shares calls in flight between requests that need the same page at the same time. Does not know why a page is needed.
 * Requests share a call exactly when they use the same name for the list.
 */
import { setMaxListeners } from 'node:events';
import { GatewayError } from '../../errors.ts';
import type { PageAnswer } from '../../upstream/page-request.ts';
import { type Block, blockKey } from '../list/block.ts';

/** One request that waits for a call. */
export type Waiter = {
  /** Fires when the request stops waiting. */
  readonly signal: AbortSignal;
  /** Until when the answer is of use to the request, in milliseconds of the monotonic clock. */
  readonly deadlineAt: () => number;
};

/**
 * Makes the call, with the deadline and the fairness key of the request that starts it. The signal fires when no request
 * waits for the call any more.
 */
export type StartCall = (signal: AbortSignal, deadlineAt: number) => Promise<PageAnswer>;

/** All calls in flight in a process. */
export type CallsInFlight = {
  /** The blocks of a list that calls in flight ask for. */
  readonly blocksOf: (list: string) => readonly Block[];
  /**
   * Waits for the call of a block, and starts it if it is not in flight. Rejects with the reason of the waiter's signal
   * as soon as that fires. The call goes on while others wait for it, and is cancelled when the last one leaves. If the
   * call is refused because no permit came before its deadline, a waiter with a later deadline starts another call.
   */
  readonly join: (list: string, block: Block, start: StartCall, waiter: Waiter) => Promise<PageAnswer>;
};

type Call = {
  readonly block: Block;
  readonly answer: Promise<PageAnswer>;
  readonly controller: AbortController;
  readonly deadlineAt: number;
  waiters: number;
};

/** Starts without calls. A call is forgotten when it settles. */
export function createCallsInFlight(): CallsInFlight {
  const lists = new Map<string, Map<string, Call>>();

  function begin(list: string, block: Block, start: StartCall, deadlineAt: number): Call {
    const controller = new AbortController();
    const calls = lists.get(list) ?? new Map<string, Call>();
    lists.set(list, calls);
    const answer = start(controller.signal, deadlineAt);
    const call: Call = { block, answer, controller, deadlineAt, waiters: 0 };
    calls.set(blockKey(block), call);
    // The waiters handle its rejection.
    const settle = () => forget(list, call);
    answer.then(settle, settle);
    return call;
  }

  function forget(list: string, call: Call): void {
    const calls = lists.get(list);
    // A cancelled call is forgotten before it settles. A new call for the same block may be in flight when it does.
    if (calls?.get(blockKey(call.block)) !== call) return;
    calls.delete(blockKey(call.block));
    if (calls.size === 0) lists.delete(list);
  }

  function leave(list: string, call: Call): void {
    call.waiters -= 1;
    if (call.waiters > 0) return;
    forget(list, call);
    call.controller.abort(new Error('No request waits for this call any more'));
  }

  async function join(list: string, block: Block, start: StartCall, waiter: Waiter): Promise<PageAnswer> {
    waiter.signal.throwIfAborted();
    const deadlineAt = waiter.deadlineAt();
    const call = lists.get(list)?.get(blockKey(block)) ?? begin(list, block, start, deadlineAt);
    try {
      return await answerFor(waiter.signal, call, () => leave(list, call));
    } catch (error) {
      if (!(call.deadlineAt < deadlineAt && isLimited(error))) throw error;
      forget(list, call);
      return join(list, block, start, waiter);
    }
  }

  return {
    blocksOf: (list) => [...(lists.get(list)?.values() ?? [])].map(({ block }) => block),
    join,
  };
}

/** Waits for a call. When the signal fires, calls `leave` and rejects. */
function answerFor(signal: AbortSignal, call: Call, leave: () => void): Promise<PageAnswer> {
  // All waits of an operation listen to one signal. Node warns of a leak at the eleventh listener.
  setMaxListeners(0, signal);
  call.waiters += 1;
  return new Promise((resolve, reject) => {
    const abandon = () => {
      leave();
      reject(signal.reason);
    };
    const stopListening = () => signal.removeEventListener('abort', abandon);
    signal.addEventListener('abort', abandon, { once: true });
    call.answer.then(resolve, reject);
    call.answer.then(stopListening, stopListening);
  });
}

function isLimited(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'RATE_LIMITED';
}
