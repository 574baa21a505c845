/** Answers kept in this process: for how long, how many, and for whom. */

import { describe, expect, it } from 'vitest';
import { createAnswerStore, usualBounds } from '../../src/store/kept-answers.ts';
import { fullList, modelPage } from '../ledger/model.ts';

function pageOf(length: number, pageNumber: number, limit = 10) {
  const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
  return modelPage(fullList(length), { identifier, filter: {}, limit, pageNumber });
}

function openStore(bounds = usualBounds) {
  const clock = { now: 0 };
  return { clock, store: createAnswerStore(() => clock.now, bounds) };
}

describe('kept answers', () => {
  it('are given back until their time is up, each for itself', () => {
    const { clock, store } = openStore();
    store.keep('list', pageOf(25, 0), 1000);
    clock.now = 600;
    store.keep('list', pageOf(25, 1), 1000);
    expect(store.read('list')).toHaveLength(2);
    clock.now = 1000;
    expect(store.read('list')).toEqual([pageOf(25, 1)]);
    clock.now = 1600;
    expect(store.read('list')).toEqual([]);
  });

  it('are not given to another list', () => {
    const { store } = openStore();
    store.keep('one', pageOf(25, 0), 1000);
    expect(store.read('two')).toEqual([]);
  });

  it('replace an older answer for the same page', () => {
    const { store } = openStore();
    store.keep('list', pageOf(25, 0), 1000);
    store.keep('list', pageOf(25, 0), 1000);
    expect(store.read('list')).toHaveLength(1);
  });

  it('are dropped when a newer one counts another total, or finds no customer', () => {
    const { store } = openStore();
    store.keep('list', pageOf(25, 0), 1000);
    store.keep('list', pageOf(26, 1), 1000);
    expect(store.read('list')).toEqual([pageOf(26, 1)]);
    store.keep('list', null, 1000);
    expect(store.read('list')).toEqual([null]);
    store.keep('list', pageOf(26, 0), 1000);
    expect(store.read('list')).toEqual([pageOf(26, 0)]);
  });

  it('are bounded by lists, the longest unused going first', () => {
    const { store } = openStore({ maxLists: 2, maxBytes: 1_000_000 });
    for (const list of ['one', 'two']) store.keep(list, pageOf(5, 0), 1000);
    store.read('one');
    store.keep('three', pageOf(5, 0), 1000);
    expect(['one', 'two', 'three'].map((list) => store.read(list).length)).toEqual([1, 0, 1]);
  });

  it('are bounded by bytes', () => {
    const { store } = openStore({ maxLists: 1000, maxBytes: 20_000 });
    for (let number = 0; number < 100; number += 1) store.keep(`list ${number}`, pageOf(10, 0), 1000);
    const kept = Array.from({ length: 100 }, (_, number) => store.read(`list ${number}`).length);
    const count = kept.reduce((sum, one) => sum + one, 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(10);
  });

  it('go when their time is up as others come, before any that may still be used', () => {
    const { clock, store } = openStore({ maxLists: 101, maxBytes: 10_000_000 });
    store.keep('lasting', pageOf(5, 0), 1_000_000);
    for (let number = 0; number < 100; number += 1) store.keep(`brief ${number}`, pageOf(5, 0), 1000);
    clock.now = 1000;
    for (let number = 0; number < 100; number += 1) store.keep(`new ${number}`, pageOf(5, 0), 1000);
    const kept = Array.from({ length: 100 }, (_, number) => store.read(`new ${number}`).length);
    expect(kept).toEqual(Array.from({ length: 100 }, () => 1));
    expect(store.read('lasting')).toHaveLength(1);
  });

  it('of one list that are too many to be kept do no harm to others', () => {
    const { store } = openStore({ maxLists: 100, maxBytes: 5000 });
    store.keep('small', pageOf(2, 0), 1000);
    for (let number = 0; number < 10; number += 1) store.keep('huge', pageOf(100, number), 1000);
    for (let number = 0; number < 10; number += 1) store.keep('tiny', pageOf(1, 0), 1000);
    expect(store.read('small')).toHaveLength(1);
    expect(store.read('tiny')).toHaveLength(1);
  });
});
