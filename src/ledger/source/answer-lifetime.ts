/**
 * How long an answer may be used again. Pure: the clock comes in.
 */
import type { LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';

/** What operators allow, in milliseconds: for a balance that can still change, and for one well in the past. */
export type Lifetimes = { readonly presentMs: number; readonly pastMs: number };

/**
 * A moment without a zone is over everywhere on Earth after at most 26 hours: zones reach from UTC−12 to UTC+14,
 * and which one the programme keeps is not known.
 */
const zoneSpreadMs = 26 * 60 * 60 * 1000;

/** A customer who did not exist may be registered any moment, so "no such customer" is believed briefly only. */
const absenceMs = 5000;

/** In milliseconds; 0 is not at all. `now` counts from 1970. */
export function answerLifetime(
  { presentMs, pastMs }: Lifetimes,
  { endDate }: LedgerFilter,
  answer: PageAnswer,
  now: number,
): number {
  const isPast = endDate !== undefined && Date.parse(`${endDate}Z`) + zoneSpreadMs < now;
  const lifetimeMs = isPast ? pastMs : presentMs;
  return answer === null ? Math.min(lifetimeMs, absenceMs) : lifetimeMs;
}
