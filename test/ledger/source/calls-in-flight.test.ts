/** Calls in flight: made once, shared, left, cancelled. Deadlines of waiters are in `shared-deadlines.test.ts`. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { CallsInFlight, type FetchOutcome, type Waiter } from '../../../src/ledger/source/calls-in-flight.ts';
import type { PageAnswer } from '../../../src/upstream/page-request.ts';
import type { Signal } from '../../../src/upstream/signal.ts';
import { fullList, modelPage } from '../model.ts';

const block = { limit: 10, pageNumber: 0 };
const page = modelPage(fullList(3), {
  identifier: { name: 'MOBILE', value: '1', source: 'INSTORE' },
  filter: {},
  ...block,
});

/** A call that settles when the test says so, and remembers its signals. */
function controlledCall() {
  let resolve: (answer: PageAnswer) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<PageAnswer>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  const signals: Signal[] = [];
  const start = (signal: Signal) => {
    signals.push(signal);
    return promise;
  };
  return { start, signals, resolve, reject };
}

type Wish = Pick<Waiter, 'signal' | 'deadlineAt'>;

/** A waiter without a deadline. */
const unlimited = (signal = new AbortController().signal): Wish => waiting(Number.POSITIVE_INFINITY, signal);
const waiting = (until: number, signal = new AbortController().signal): Wish => ({
  signal,
  deadlineAt: () => until,
});

/** Calls in flight; `join` returns the outcome. */
const openCalls = () => {
  const calls = new CallsInFlight();
  return {
    blocksOf: (list: string) => calls.blocksOf(list),
    join: (list: string, asked: Waiter['block'], start: Waiter['start'], wish: Wish) =>
      new Promise<FetchOutcome>((settle) => {
        const handleEvent = () => calls.leave(waiter);
        const waiter: Waiter = { ...wish, block: asked, start, settle, handleEvent, call: undefined };
        calls.join(list, waiter);
      }),
  };
};

const gone = new GatewayError('UPSTREAM_TIMEOUT', 'gone');

describe('calls in flight', () => {
  it('are made once for all requests for one block of one list', async () => {
    const callsInFlight = openCalls();
    const call = controlledCall();
    const waiter = unlimited();
    const answers = [1, 2, 3].map(() => callsInFlight.join('list', block, call.start, waiter));
    expect(callsInFlight.blocksOf('list')).toEqual([block]);
    call.resolve(page);
    expect(await Promise.all(answers)).toEqual([page, page, page]);
    expect(call.signals).toHaveLength(1);
    expect(callsInFlight.blocksOf('list')).toEqual([]);
  });

  it('are not shared between lists, nor between blocks', () => {
    const callsInFlight = openCalls();
    const call = controlledCall();
    const waiter = unlimited();
    void callsInFlight.join('one', block, call.start, waiter);
    void callsInFlight.join('two', block, call.start, waiter);
    void callsInFlight.join('one', { limit: 10, pageNumber: 1 }, call.start, waiter);
    expect(call.signals).toHaveLength(3);
  });

  it('go on for the others when one waiter leaves, which is rejected at once', async () => {
    const callsInFlight = openCalls();
    const call = controlledCall();
    const leaver = new AbortController();
    const left = callsInFlight.join('list', block, call.start, unlimited(leaver.signal));
    const stayed = callsInFlight.join('list', block, call.start, unlimited());
    leaver.abort(gone);
    expect(await left).toBe(gone);
    expect(call.signals[0]?.aborted).toBe(false);
    call.resolve(page);
    expect(await stayed).toBe(page);
  });

  it('are cancelled when the last waiter leaves, and made again for the next waiter', async () => {
    const callsInFlight = openCalls();
    const [first, second] = [controlledCall(), controlledCall()];
    const leaver = new AbortController();
    const left = callsInFlight.join('list', block, first.start, unlimited(leaver.signal));
    leaver.abort(gone);
    expect(await left).toBe(gone);
    expect(first.signals[0]?.aborted).toBe(true);
    const came = callsInFlight.join('list', block, second.start, unlimited());
    first.reject(new Error('cancelled'));
    second.resolve(page);
    expect(await came).toBe(page);
  });

  it('fail for all waiters, and are forgotten', async () => {
    const callsInFlight = openCalls();
    const call = controlledCall();
    const waiter = unlimited();
    const answers = [1, 2].map(() => callsInFlight.join('list', block, call.start, waiter));
    const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
    call.reject(down);
    expect(await Promise.all(answers)).toEqual([down, down]);
    expect(callsInFlight.blocksOf('list')).toEqual([]);
  });

  it('are not made for a waiter that has left already', async () => {
    const call = controlledCall();
    const left = AbortSignal.abort(gone);
    expect(await openCalls().join('list', block, call.start, unlimited(left))).toBe(gone);
    expect(call.signals).toEqual([]);
  });

  it('fail for all waiters, also for those with a later deadline', async () => {
    const callsInFlight = openCalls();
    const call = controlledCall();
    const answers = [10, 20].map((until) => callsInFlight.join('list', block, call.start, waiting(until)));
    const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
    call.reject(down);
    expect(await Promise.all(answers)).toEqual([down, down]);
    expect(call.signals).toHaveLength(1);
  });
});
