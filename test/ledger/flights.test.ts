/** Calls under way: made once, shared, left, cancelled. */

import { describe, expect, it } from 'vitest';
import { createFlights } from '../../src/ledger/flights.ts';
import type { PageAnswer } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';

const block = { limit: 10, pageNumber: 0 };
const page = modelPage(fullList(3), {
  identifier: { name: 'MOBILE', value: '1', source: 'INSTORE' },
  filter: {},
  ...block,
});

/** A call that ends when it is told to, and remembers its signal. */
function controlledCall() {
  let resolve: (answer: PageAnswer) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<PageAnswer>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  const signals: AbortSignal[] = [];
  const start = (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  };
  return { start, signals, resolve, reject };
}

describe('calls under way', () => {
  it('are made once for all who ask for one block of one list', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const { signal } = new AbortController();
    const answers = [1, 2, 3].map(() => flights.join('list', block, call.start, signal));
    expect(flights.blocksOf('list')).toEqual([block]);
    call.resolve(page);
    expect(await Promise.all(answers)).toEqual([page, page, page]);
    expect(call.signals).toHaveLength(1);
    expect(flights.blocksOf('list')).toEqual([]);
  });

  it('are not shared between lists, nor between blocks', () => {
    const flights = createFlights();
    const call = controlledCall();
    const { signal } = new AbortController();
    void flights.join('one', block, call.start, signal);
    void flights.join('two', block, call.start, signal);
    void flights.join('one', { limit: 10, pageNumber: 1 }, call.start, signal);
    expect(call.signals).toHaveLength(3);
  });

  it('go on for the others when one who waits leaves, who is told at once', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const leaver = new AbortController();
    const left = flights.join('list', block, call.start, leaver.signal);
    const stayed = flights.join('list', block, call.start, new AbortController().signal);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(call.signals[0]?.aborted).toBe(false);
    call.resolve(page);
    expect(await stayed).toBe(page);
  });

  it('are cancelled when the last one leaves, and made anew for whoever comes then', async () => {
    const flights = createFlights();
    const [first, second] = [controlledCall(), controlledCall()];
    const leaver = new AbortController();
    const left = flights.join('list', block, first.start, leaver.signal);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(first.signals[0]?.aborted).toBe(true);
    const came = flights.join('list', block, second.start, new AbortController().signal);
    first.reject(new Error('cancelled'));
    second.resolve(page);
    expect(await came).toBe(page);
  });

  it('fail for all who wait, and are forgotten', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const { signal } = new AbortController();
    const answers = [1, 2].map(() => flights.join('list', block, call.start, signal));
    call.reject(new Error('down'));
    for (const answer of answers) await expect(answer).rejects.toThrow('down');
    expect(flights.blocksOf('list')).toEqual([]);
  });

  it('are not made for one who has left already', async () => {
    const call = controlledCall();
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(createFlights().join('list', block, call.start, gone)).rejects.toThrow('gone');
    expect(call.signals).toEqual([]);
  });
});
