/** Relay's four arguments as one window, and which mixes are refused. */

import { describe, expect, it } from 'vitest';
import type { CursorMark } from '../../src/ledger/cursor-mark.ts';
import { type WindowArguments, windowFromArguments } from '../../src/ledger/window.ts';

const mark: CursorMark = { kind: 'gap', position: 3, skip: 0, total: 9 };
const read = (given: WindowArguments, maxSize = 200) => windowFromArguments(given, maxSize, () => mark);

const good: readonly (readonly [WindowArguments, ReturnType<typeof read>])[] = [
  [{}, { direction: 'forward', size: 10 }],
  [
    { first: null, after: null, last: null, before: null },
    { direction: 'forward', size: 10 },
  ],
  [{ first: 0 }, { direction: 'forward', size: 0 }],
  [{ first: 200 }, { direction: 'forward', size: 200 }],
  [{ after: 'x' }, { direction: 'forward', size: 10, from: mark }],
  [
    { first: 5, after: 'x', last: null },
    { direction: 'forward', size: 5, from: mark },
  ],
  [{ last: 5 }, { direction: 'backward', size: 5 }],
  [
    { last: 5, before: 'x' },
    { direction: 'backward', size: 5, from: mark },
  ],
];

const bad: readonly WindowArguments[] = [
  { first: -1 },
  { first: 201 },
  { last: -1 },
  { last: 201 },
  { first: 1, last: 1 },
  { first: 0, last: 0 },
  { last: 1, after: 'x' },
  { first: 1, before: 'x' },
  { before: 'x' },
  { first: 1, after: 'x', before: 'x' },
];

describe('windowFromArguments', () => {
  it.each(good)('reads %j', (given, window) => {
    expect(read(given)).toEqual(window);
  });

  it.each(bad)('refuses %j', (given) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('does not give more by default than is allowed', () => {
    expect(read({}, 4).size).toBe(4);
  });
});
