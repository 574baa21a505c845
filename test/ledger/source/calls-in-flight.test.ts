/** Calls under way: made once, shared, left, cancelled. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { createCallsInFlight, type Waiter } from '../../../src/ledger/source/calls-in-flight.ts';
import type { PageAnswer } from '../../../src/upstream/page-request.ts';
import { fullList, modelPage } from '../model.ts';

const block = { limit: 10, pageNumber: 0 };
const page = modelPage(fullList(3), {
  identifier: { name: 'MOBILE', value: '1', source: 'INSTORE' },
  filter: {},
  ...block,
});

/** A call that ends when it is told to, and remembers its signal and its deadline. */
function controlledCall() {
  let resolve: (answer: PageAnswer) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<PageAnswer>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  const signals: AbortSignal[] = [];
  const deadlines: number[] = [];
  const start = (signal: AbortSignal, deadlineAt: number) => {
    signals.push(signal);
    deadlines.push(deadlineAt);
    return promise;
  };
  return { start, signals, deadlines, resolve, reject };
}

/** One who waits for as long as it takes, unless the signal fires. */
const patient = (signal = new AbortController().signal): Waiter => waiting(Number.POSITIVE_INFINITY, signal);
const waiting = (until: number, signal = new AbortController().signal): Waiter => ({
  signal,
  deadlineAt: () => until,
});

const limited = new GatewayError('RATE_LIMITED', 'no permit in time');

describe('calls under way', () => {
  it('are made once for all who ask for one block of one list', async () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    const waiter = patient();
    const answers = [1, 2, 3].map(() => callsInFlight.join('list', block, call.start, waiter));
    expect(callsInFlight.blocksOf('list')).toEqual([block]);
    call.resolve(page);
    expect(await Promise.all(answers)).toEqual([page, page, page]);
    expect(call.signals).toHaveLength(1);
    expect(callsInFlight.blocksOf('list')).toEqual([]);
  });

  it('are not shared between lists, nor between blocks', () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    const waiter = patient();
    void callsInFlight.join('one', block, call.start, waiter);
    void callsInFlight.join('two', block, call.start, waiter);
    void callsInFlight.join('one', { limit: 10, pageNumber: 1 }, call.start, waiter);
    expect(call.signals).toHaveLength(3);
  });

  it('go on for the others when one who waits leaves, who is told at once', async () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    const leaver = new AbortController();
    const left = callsInFlight.join('list', block, call.start, patient(leaver.signal));
    const stayed = callsInFlight.join('list', block, call.start, patient());
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(call.signals[0]?.aborted).toBe(false);
    call.resolve(page);
    expect(await stayed).toBe(page);
  });

  it('are cancelled when the last one leaves, and made anew for whoever comes then', async () => {
    const callsInFlight = createCallsInFlight();
    const [first, second] = [controlledCall(), controlledCall()];
    const leaver = new AbortController();
    const left = callsInFlight.join('list', block, first.start, patient(leaver.signal));
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(first.signals[0]?.aborted).toBe(true);
    const came = callsInFlight.join('list', block, second.start, patient());
    first.reject(new Error('cancelled'));
    second.resolve(page);
    expect(await came).toBe(page);
  });

  it('fail for all who wait, and are forgotten', async () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    const waiter = patient();
    const answers = [1, 2].map(() => callsInFlight.join('list', block, call.start, waiter));
    call.reject(new Error('down'));
    for (const answer of answers) await expect(answer).rejects.toThrow('down');
    expect(callsInFlight.blocksOf('list')).toEqual([]);
  });

  it('are not made for one who has left already', async () => {
    const call = controlledCall();
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(createCallsInFlight().join('list', block, call.start, patient(gone))).rejects.toThrow(
      'gone',
    );
    expect(call.signals).toEqual([]);
  });

  it('have the deadline of the one who made them', () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    void callsInFlight.join('list', block, call.start, waiting(10));
    void callsInFlight.join('list', block, call.start, waiting(30));
    expect(call.deadlines).toEqual([10]);
  });

  it('that are refused for want of a permit in time are asked for anew by those who have more, once for all', async () => {
    const callsInFlight = createCallsInFlight();
    const [first, second] = [controlledCall(), controlledCall()];
    const starts = [first.start, second.start, second.start];
    const answers = [10, 20, 20].map((until, index) =>
      callsInFlight.join('list', block, starts[index] ?? first.start, waiting(until)),
    );
    first.reject(limited);
    await expect(answers[0]).rejects.toBe(limited);
    second.resolve(page);
    expect(await Promise.all(answers.slice(1))).toEqual([page, page]);
    expect([first.deadlines, second.deadlines]).toEqual([[10], [20]]);
  });

  it('that fail otherwise fail for all, however much time they have', async () => {
    const callsInFlight = createCallsInFlight();
    const call = controlledCall();
    const answers = [10, 20].map((until) => callsInFlight.join('list', block, call.start, waiting(until)));
    call.reject(new GatewayError('UPSTREAM_UNAVAILABLE', 'down'));
    for (const answer of answers) await expect(answer).rejects.toThrow('down');
    expect(call.signals).toHaveLength(1);
  });
});
