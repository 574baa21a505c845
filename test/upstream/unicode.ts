/** Arbitrary text for property tests. */

import fc from 'fast-check';

/** fast-check's own `unit: 'binary'` says the same, but takes a second to set up in every test file. */
const character = fc
  .oneof(
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Well-formed text of any Unicode characters, control characters included. */
export const anyText = (lengths: { readonly minLength?: number; readonly maxLength?: number } = {}) =>
  fc.string({ unit: character, ...lengths });
