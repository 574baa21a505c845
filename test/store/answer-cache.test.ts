/** Answers kept in this process: for how long, how many, and for whom. */

import { describe, expect, it } from 'vitest';
import { createAnswerStore } from '../../src/store/answer-cache.ts';
import type { PageAnswer } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from '../ledger/model.ts';

function pageOf(length: number, pageNumber: number, limit = 10) {
  const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
  return modelPage(fullList(length), { identifier, filter: {}, limit, pageNumber });
}

function openStore(maxBytes = 1_000_000) {
  const clock = { now: 0 };
  return { clock, store: createAnswerStore(() => clock.now, maxBytes) };
}

/** What one answer takes, in a list whose name is about as long as those of the tests. */
function bytesOf(answer: PageAnswer): number {
  const { store } = openStore();
  store.write('list 10', answer, 1000);
  return store.bytes();
}

describe('cached answers', () => {
  it.each<[string, PageAnswer]>([
    ['no customer', null],
    ['an empty page', pageOf(0, 0)],
    ['a long name', { ...pageOf(0, 0), details: { ...pageOf(0, 0).details, firstName: 'n'.repeat(10_000) } }],
    ['a long warning', { ...pageOf(0, 0), warnings: [{ code: 'c'.repeat(10_000), message: 'm' }] }],
  ])('are counted with all that they hold: %s', (_, answer) => {
    const isLong = JSON.stringify(answer).length > 10_000;
    expect(bytesOf(answer)).toBeGreaterThan(isLong ? 20_000 : 500);
    expect(bytesOf(answer)).toBeLessThan(isLong ? 22_000 : 2000);
  });

  it('are returned until they expire, each at its own time', () => {
    const { clock, store } = openStore();
    store.write('list', pageOf(25, 0), 1000);
    clock.now = 600;
    store.write('list', pageOf(25, 1), 1000);
    expect(store.read('list')).toHaveLength(2);
    clock.now = 1000;
    expect(store.read('list')).toEqual([pageOf(25, 1)]);
    clock.now = 1600;
    expect(store.read('list')).toEqual([]);
  });

  it('are not given to another list', () => {
    const { store } = openStore();
    store.write('one', pageOf(25, 0), 1000);
    expect(store.read('two')).toEqual([]);
  });

  it('replace an older answer for the same page', () => {
    const { store } = openStore();
    store.write('list', pageOf(25, 0), 1000);
    store.write('list', pageOf(25, 0), 1000);
    expect(store.read('list')).toHaveLength(1);
  });

  it('are dropped when a newer one counts another total, or finds no customer', () => {
    const { store } = openStore();
    store.write('list', pageOf(25, 0), 1000);
    store.write('list', pageOf(26, 1), 1000);
    expect(store.read('list')).toEqual([pageOf(26, 1)]);
    store.write('list', null, 1000);
    expect(store.read('list')).toEqual([null]);
    store.write('list', pageOf(26, 0), 1000);
    expect(store.read('list')).toEqual([pageOf(26, 0)]);
  });

  it('go when there is no room, those of the longest unused list first', () => {
    const { store } = openStore(2.5 * bytesOf(pageOf(5, 0)));
    for (const list of ['one', 'two']) store.write(list, pageOf(5, 0), 1000);
    store.read('one');
    store.write('three', pageOf(5, 0), 1000);
    expect(['one', 'two', 'three'].map((list) => store.read(list).length)).toEqual([1, 0, 1]);
  });

  it('are bounded by bytes', () => {
    const { store } = openStore(20_000);
    for (let number = 0; number < 100; number += 1) store.write(`list ${number}`, pageOf(10, 0), 1000);
    const kept = Array.from({ length: 100 }, (_, number) => store.read(`list ${number}`).length);
    const count = kept.reduce((sum, one) => sum + one, 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(10);
    expect(store.bytes()).toBeGreaterThan(10_000);
    expect(store.bytes()).toBeLessThanOrEqual(20_000);
  });

  it('go when their time is up as others come, before any that may still be used', () => {
    const { clock, store } = openStore(101.5 * bytesOf(pageOf(5, 0)));
    store.write('lasting', pageOf(5, 0), 1_000_000);
    for (let number = 0; number < 100; number += 1) store.write(`brief ${number}`, pageOf(5, 0), 1000);
    clock.now = 1000;
    for (let number = 0; number < 100; number += 1) store.write(`new ${number}`, pageOf(5, 0), 1000);
    const kept = Array.from({ length: 100 }, (_, number) => store.read(`new ${number}`).length);
    expect(kept).toEqual(Array.from({ length: 100 }, () => 1));
    expect(store.read('lasting')).toHaveLength(1);
  });

  it('of one list that are too many to be cached do no harm to others', () => {
    const { store } = openStore(10_000);
    store.write('small', pageOf(2, 0), 1000);
    for (let number = 0; number < 10; number += 1) store.write('huge', pageOf(100, number), 1000);
    for (let number = 0; number < 10; number += 1) store.write('tiny', pageOf(1, 0), 1000);
    expect(store.read('small')).toHaveLength(1);
    expect(store.read('tiny')).toHaveLength(1);
  });
});
