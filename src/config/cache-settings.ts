/** The settings of answers that are kept for reuse, as data. */

import { integer } from './setting.ts';

const oneYearSeconds = 31_536_000;

/** By the names of their variables, in the order of docs/settings.md. */
export const cacheSettings = {
  CACHE_TTL_SECONDS: integer({
    min: 0,
    max: oneYearSeconds,
    byDefault: 0,
    meaning: 'Seconds that an answer may be reused. Off by default: a balance can change at any moment.',
  }),
  CACHE_PAST_TTL_SECONDS: integer({
    min: 0,
    max: oneYearSeconds,
    byDefault: undefined,
    shownDefault: '= CACHE_TTL_SECONDS',
    meaning:
      'The same for an `endDate` more than 26 hours in the past, which is over in every time zone: such balances hardly change.',
  }),
  CACHE_MAX_BYTES: integer({
    min: 1_048_576,
    max: 17_179_869_184,
    byDefault: 67_108_864,
    meaning:
      'Bytes that answers kept for reuse may take in this process, counted a little too high. What was used least recently goes first. The default is the lists of a busy hour in a small container.',
  }),
} as const;
