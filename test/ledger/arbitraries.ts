/**
 * The lists and walks of the property tests.
 */
import fc from 'fast-check';
import { gappyList, type ModelList } from './model.ts';

/** Lists of up to 60 positions: without gaps, with few, with many, nearly empty, and with totals that never come true. */
export const anyList: fc.Arbitrary<ModelList> = fc
  .record({
    density: fc.constantFrom(1, 1, 0.95, 0.6, 0.1),
    draws: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 60 }),
    missing: fc.constantFrom(0, 0, 0, 3, 25),
  })
  .map(({ density, draws, missing }) =>
    gappyList(
      draws.map((draw) => draw < density),
      draws.length + missing,
    ),
  );

/** The largest limit that the gateway is set to. */
export const anyMaxLimit = fc.constantFrom(1, 3, 7, 10, 10, 10, 23, 100);

/** One step of a walk: how many entries, under which settings. */
export const anyHop = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  maxLimit: anyMaxLimit,
  isFixed: fc.boolean(),
});
