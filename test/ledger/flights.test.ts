/** Calls under way: made once, shared, left, cancelled. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createFlights, type Sharer } from '../../src/ledger/flights.ts';
import type { DelayObserver } from '../../src/upstream/budget-refusals.ts';
import type { PageAnswer } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';

const block = { limit: 10, pageNumber: 0 };
const page = modelPage(fullList(3), {
  identifier: { name: 'MOBILE', value: '1', source: 'INSTORE' },
  filter: {},
  ...block,
});

/** A call that ends when it is told to, and remembers its signal, its deadline and whom to tell of a delay. */
function controlledCall() {
  let resolve: (answer: PageAnswer) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<PageAnswer>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  const signals: AbortSignal[] = [];
  const deadlines: (() => number)[] = [];
  const delays: DelayObserver[] = [];
  const start = (signal: AbortSignal, deadlineAt: () => number, onDelay: DelayObserver) => {
    signals.push(signal);
    deadlines.push(deadlineAt);
    delays.push(onDelay);
    return promise;
  };
  const delay = (until: number) =>
    delays[0]?.(until, () => new GatewayError('RATE_LIMITED', `until ${until}`));
  return { start, signals, latestDeadline: () => deadlines[0]?.(), delay, resolve, reject };
}

/** One who waits for as long as it takes, unless the signal fires. */
const patient = (signal = new AbortController().signal): Sharer =>
  waiting(() => Number.POSITIVE_INFINITY, signal);
const waiting = (deadlineAt: () => number, signal = new AbortController().signal): Sharer => ({
  signal,
  deadlineAt,
});

describe('calls under way', () => {
  it('are made once for all who ask for one block of one list', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const sharer = patient();
    const answers = [1, 2, 3].map(() => flights.join('list', block, call.start, sharer));
    expect(flights.blocksOf('list')).toEqual([block]);
    call.resolve(page);
    expect(await Promise.all(answers)).toEqual([page, page, page]);
    expect(call.signals).toHaveLength(1);
    expect(flights.blocksOf('list')).toEqual([]);
  });

  it('are not shared between lists, nor between blocks', () => {
    const flights = createFlights();
    const call = controlledCall();
    const sharer = patient();
    void flights.join('one', block, call.start, sharer);
    void flights.join('two', block, call.start, sharer);
    void flights.join('one', { limit: 10, pageNumber: 1 }, call.start, sharer);
    expect(call.signals).toHaveLength(3);
  });

  it('go on for the others when one who waits leaves, who is told at once', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const leaver = new AbortController();
    const left = flights.join('list', block, call.start, patient(leaver.signal));
    const stayed = flights.join('list', block, call.start, patient());
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
    const left = flights.join('list', block, first.start, patient(leaver.signal));
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(first.signals[0]?.aborted).toBe(true);
    const came = flights.join('list', block, second.start, patient());
    first.reject(new Error('cancelled'));
    second.resolve(page);
    expect(await came).toBe(page);
  });

  it('fail for all who wait, and are forgotten', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const sharer = patient();
    const answers = [1, 2].map(() => flights.join('list', block, call.start, sharer));
    call.reject(new Error('down'));
    for (const answer of answers) await expect(answer).rejects.toThrow('down');
    expect(flights.blocksOf('list')).toEqual([]);
  });

  it('are not made for one who has left already', async () => {
    const call = controlledCall();
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(createFlights().join('list', block, call.start, patient(gone))).rejects.toThrow('gone');
    expect(call.signals).toEqual([]);
  });

  it('are of use until the latest of those who wait: one who joins puts it off, one who leaves takes it along', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const leaver = new AbortController();
    const moment = { at: 10 };
    const answers = [
      flights.join(
        'list',
        block,
        call.start,
        waiting(() => moment.at),
      ),
    ];
    expect(call.latestDeadline()).toBe(10);
    const left = flights.join(
      'list',
      block,
      call.start,
      waiting(() => 30, leaver.signal),
    );
    answers.push(
      flights.join(
        'list',
        block,
        call.start,
        waiting(() => 20),
      ),
    );
    expect(call.latestDeadline()).toBe(30);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(call.latestDeadline()).toBe(20);
    moment.at = 25;
    expect(call.latestDeadline()).toBe(25);
    call.resolve(page);
    expect(await Promise.all(answers)).toEqual([page, page]);
  });

  it('are refused at once to those whose time a delay exceeds, and go on for the others', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const hasty = new AbortController();
    const refused = flights.join(
      'list',
      block,
      call.start,
      waiting(() => 10, hasty.signal),
    );
    const stayed = flights.join(
      'list',
      block,
      call.start,
      waiting(() => 20),
    );
    call.delay(20);
    await expect(refused).rejects.toThrow('until 20');
    hasty.abort(new Error('gone')); // It has left already.
    expect(call.latestDeadline()).toBe(20);
    expect(call.signals[0]?.aborted).toBe(false);
    call.resolve(page);
    expect(await stayed).toBe(page);
  });

  it('are cancelled when a delay is too long for all', async () => {
    const flights = createFlights();
    const call = controlledCall();
    const refused = [10, 20].map((at) =>
      flights.join(
        'list',
        block,
        call.start,
        waiting(() => at),
      ),
    );
    call.delay(30);
    for (const each of refused) await expect(each).rejects.toThrow('until 30');
    expect(call.signals[0]?.aborted).toBe(true);
    expect(flights.blocksOf('list')).toEqual([]);
  });

  it('know a deadline from their very start', () => {
    const seen: number[] = [];
    const start = async (_: AbortSignal, deadlineAt: () => number) => {
      seen.push(deadlineAt());
      return page;
    };
    void createFlights().join(
      'list',
      block,
      start,
      waiting(() => 10),
    );
    expect(seen).toEqual([10]);
  });
});
