/**
 * Shares calls in flight between requests that need the same page at the same time. Does not know why a page is needed.
 * Requests share a call exactly when they use the same name for the list.
 */
import { GatewayError } from '../../errors.ts';
import type { PageAnswer } from '../../upstream/page-request.ts';
import { type AbortListener, LightSignal, type Signal } from '../../upstream/signal.ts';
import { type Block, isSameBlock } from '../list/block.ts';
import { none } from '../small-list.ts';

/** The outcome of fetching a block. A failure is a value, so that many calls can be awaited one by one. */
export type FetchOutcome = PageAnswer | GatewayError;

/** One request that waits for the call of a block. It leaves the call when its signal fires (`handleEvent`). */
export type Waiter = AbortListener & {
  readonly block: Block;
  readonly signal: Signal;
  /** Until when the answer is of use to the request, in milliseconds of the monotonic clock. */
  readonly deadlineAt: () => number;
  /** Makes the call, with this request's deadline and fairness key. The signal fires when no request waits any more. */
  readonly start: (signal: Signal) => Promise<PageAnswer>;
  /** Called once: with the outcome of the call, or with the reason of `signal` as soon as that fires. */
  readonly settle: (outcome: FetchOutcome) => void;
  /** The call, while it waits; set by `join`. */
  call: Call | undefined;
};

type Call = {
  readonly list: string;
  readonly block: Block;
  readonly signal: LightSignal;
  readonly deadlineAt: number;
  /** Most calls have one. */
  readonly waiters: Waiter[];
};

/** All calls in flight in a process. A call is forgotten when it settles. */
export class CallsInFlight {
  /** The calls of each list: an array, because most lists have one, and a map takes four times the memory. */
  readonly #lists = new Map<string, Call[]>();

  /** The blocks of a list that calls in flight ask for. */
  blocksOf(list: string): readonly Block[] {
    return this.#lists.get(list)?.map(({ block }) => block) ?? none;
  }

  /**
   * Waits for the call of a block, and starts it if it is not in flight. The call goes on while others wait for it, and is
   * cancelled when the last one leaves. If the call is refused because no permit came before its deadline, a waiter with a
   * later deadline starts another call.
   */
  join(list: string, waiter: Waiter): void {
    const { block, signal } = waiter;
    if (signal.aborted) {
      waiter.settle(asGatewayError(signal.reason));
      return;
    }
    let inFlight: Call | undefined;
    for (const call of this.#lists.get(list) ?? none) if (isSameBlock(call.block, block)) inFlight = call;
    inFlight?.waiters.push(waiter);
    waiter.call = inFlight ?? this.#begin(list, waiter);
    signal.addEventListener('abort', waiter);
  }

  /** Ends the wait of a request whose signal has fired. */
  leave(waiter: Waiter): void {
    const { call, signal } = waiter;
    signal.removeEventListener('abort', waiter);
    waiter.settle(asGatewayError(signal.reason));
    if (call === undefined) return;
    call.waiters.splice(call.waiters.indexOf(waiter), 1);
    if (call.waiters.length > 0) return;
    this.#forget(call);
    call.signal.abort(new Error('No request waits for this call any more'));
  }

  #begin(list: string, waiter: Waiter): Call {
    const { block } = waiter;
    const call: Call = {
      list,
      block,
      signal: new LightSignal(),
      deadlineAt: waiter.deadlineAt(),
      waiters: [waiter],
    };
    waiter.start(call.signal).then(
      (answer) => this.#end(call, answer),
      (error: unknown) => this.#end(call, asGatewayError(error)),
    );
    const others = this.#lists.get(list);
    if (others === undefined) this.#lists.set(list, [call]);
    else others.push(call);
    return call;
  }

  #end(call: Call, outcome: FetchOutcome): void {
    this.#forget(call);
    const isLimited = outcome instanceof GatewayError && outcome.code === 'RATE_LIMITED';
    for (const waiter of call.waiters) {
      waiter.signal.removeEventListener('abort', waiter);
      if (isLimited && call.deadlineAt < waiter.deadlineAt()) this.join(call.list, waiter);
      else waiter.settle(outcome);
    }
  }

  /**
   * Does nothing if the call was forgotten before: a cancelled call settles later. Empties the array even of its last call,
   * because V8 keeps the value of a deleted key until the next full collection, and with it all that the request has made.
   */
  #forget(call: Call): void {
    const calls = this.#lists.get(call.list);
    const index = calls?.indexOf(call) ?? -1;
    if (index < 0) return;
    calls?.splice(index, 1);
    if (calls?.length === 0) this.#lists.delete(call.list);
  }
}

/** Returns a failure as it is, and any other thrown value, which is a bug, as the cause of one. */
export function asGatewayError(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Unexpected failure', { cause: reason });
}
