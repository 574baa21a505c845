/** Relay's four arguments as one window, and which mixes are refused. */

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CursorMark,
  indexOfWindow,
  type Window,
  type WindowArguments,
  windowFromArguments,
} from '../../../src/ledger/list/window.ts';

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

const bad: readonly (readonly [WindowArguments, argument: string])[] = [
  [{ first: -1 }, 'first'],
  [{ first: 201 }, 'first'],
  [{ last: -1 }, 'last'],
  [{ last: 201 }, 'last'],
  [{ first: 1, last: 1 }, 'last'],
  [{ first: 0, last: 0 }, 'last'],
  [{ last: 1, after: 'x' }, 'after'],
  [{ first: 1, before: 'x' }, 'before'],
  [{ before: 'x' }, 'before'],
  [{ first: 1, after: 'x', before: 'x' }, 'before'],
];

describe('windowFromArguments', () => {
  it.each(good)('reads %j', (given, window) => {
    expect(read(given)).toEqual(window);
  });

  it.each(bad)('refuses %j and names `%s`', (given, argument) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument } }),
    );
  });

  it('does not give more by default than is allowed', () => {
    expect(read({}, 4).size).toBe(4);
  });
});

const few = fc.nat({ max: 2 });
const anyMark: fc.Arbitrary<CursorMark> = fc.oneof(
  fc.tuple(few, few, few, few, few).map(([start, length, shown, index, total]) => ({
    kind: 'entry' as const,
    start,
    length,
    shown,
    index,
    total,
  })),
  fc.tuple(few, few, few).map(([position, skip, total]) => ({ kind: 'gap' as const, position, skip, total })),
);
const anyWindow: fc.Arbitrary<Window> = fc.record(
  { direction: fc.constantFrom('forward' as const, 'backward' as const), size: few, from: anyMark },
  { requiredKeys: ['direction', 'size'], noNullPrototype: true },
);

it('finds a window among others exactly when they are equal', () => {
  const isRight = (one: Window, other: Window) =>
    (indexOfWindow([one], other) === 0) === isDeepStrictEqual(one, other);
  fc.assert(
    fc.property(fc.array(anyWindow, { minLength: 2, maxLength: 30 }), (windows) => {
      for (const one of windows) for (const other of windows) expect(isRight(one, other)).toBe(true);
    }),
  );
});
