/** The settings that bound what one request may take, of the upstream and of this process. Part of the table in `settings.ts`. */

import { integer } from './setting.ts';

/** By the name of the variable, in the order of docs/settings.md. */
export const limitSettings = {
  MAX_CALLS_PER_OPERATION: integer({
    min: 1,
    max: 10_000,
    byDefault: 50,
    meaning:
      'Upstream calls that one HTTP request may cost. Half of what a testing cluster allows in a minute.',
  }),
  MAX_PAGE_SIZE: integer({
    min: 1,
    max: 10_000,
    byDefault: 200,
    meaning: 'Largest `first` and `last`, in entries. Twenty calls at the default limit.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1,
    max: 104_857_600,
    byDefault: 262_144,
    meaning: 'Bytes of a request body. Room for any hand-written operation, none for a flood.',
  }),
  MAX_OPERATION_SIZE: integer({
    min: 1,
    max: 10_000_000,
    byDefault: 8000,
    meaning:
      'Fields that one HTTP request may resolve, with fragments and lists multiplied out. A customer counts 10 beside its fields, a balance 25, an id 8 and more for a long identifier, a cursor 3, a field of an introspection 2, and 32 characters of an argument one, for so many fields take as long. 20 customers with every field of ten entries come to 5500, one customer with every field of 200 entries to 3700; a request of this size takes about 50 ms and at most 1 MB.',
  }),
  MAX_TOKENS: integer({
    min: 1,
    max: 1_000_000,
    byDefault: 2000,
    meaning:
      'Tokens of the documents of one HTTP request, those left out that have been read before. The introspection query has 200, the longest hand-written operations some hundreds; checking as many as this takes up to 15 ms.',
  }),
  MAX_ALIASES: integer({
    min: 1,
    max: 100_000,
    byDefault: 50,
    meaning:
      'How often one selection takes one field or one response key, fragments written out; and how many fragments it spreads. As many as the customers that an operation can pay for by default.',
  }),
  MAX_ROOT_FIELDS: integer({
    min: 1,
    max: 100_000,
    byDefault: 50,
    meaning:
      'Fields at the root of one operation. As many as the customers that an operation can pay for by default.',
  }),
  MAX_LIST_ITEMS: integer({
    min: 1,
    max: 1_000_000,
    byDefault: 200,
    meaning:
      'Items of one list argument, repeats included; checked before any of them is looked at. As many as the largest page has entries.',
  }),
  MAX_VARIABLES_SIZE: integer({
    min: 1,
    max: 104_857_600,
    byDefault: 131_072,
    meaning:
      'Characters in the variables of one operation; each value counts 64 more, as much as it takes in memory. Room for 200 identifiers of 300 characters, which no real ones have.',
  }),
  DOCUMENT_CACHE_BYTES: integer({
    min: 1,
    max: 1_073_741_824,
    byDefault: 16_777_216,
    meaning:
      'Memory for parsed documents, so that one which comes again need not be read again: some hundred of them by default. Documents that are refused are never kept.',
  }),
} as const;
