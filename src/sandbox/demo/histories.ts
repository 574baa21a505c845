/** Makes up believable histories of an account, the same for the same random source. Pure but for that. */

import { writeThousandths } from '../ledger/decimals.ts';
import type { LedgerEvent } from '../ledger/member.ts';

/** The moment up to which the demonstration data tell what happened: nothing is later. */
const lastMonth = monthOf(2026, 10);

/** Counts months, so that they can be added to. `month` is 1 to 12. */
export function monthOf(year: number, month: number): number {
  return year * 12 + month - 1;
}

/**
 * Movements from a month to October 2026, one in every one to three months, oldest first: two credits of
 * about `size` points to one debit, no debit ever above what is there, so no balance is below zero. About
 * one debit in three happened at a concept till.
 */
export function makeHistory(random: () => number, firstMonth: number, size: number): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  let balance = 0n;
  for (let month = firstMonth; month <= lastMonth; month += 1 + Math.floor(random() * 3)) {
    const event = makeEvent(random, month, size, balance);
    balance += event.type === 'DEBIT' ? -event.thousandths : event.thousandths;
    const { thousandths, ...rest } = event;
    events.push({ ...rest, amount: writeThousandths(thousandths) });
  }
  return events;
}

type RawEvent = Omit<LedgerEvent, 'amount'> & { readonly thousandths: bigint };

function makeEvent(random: () => number, month: number, size: number, balance: bigint): RawEvent {
  const at = makeMoment(random, month);
  // Halves only: amounts that a person can add up while looking at a demonstration.
  const wanted = BigInt(Math.max(1, Math.round(size * (0.4 + 1.2 * random()) * 2))) * 500n;
  const isDebit = random() < 0.35 && balance >= 1000n;
  if (!isDebit) return { at, type: 'CREDIT', thousandths: wanted };
  const thousandths = wanted < balance ? wanted : (balance / 1000n) * 500n;
  return { at, type: 'DEBIT', thousandths, ...(random() < 0.33 ? { atConceptTill: true } : {}) };
}

/** A moment in a month, in opening hours. Days go to 28, which every month has. */
export function makeMoment(random: () => number, month: number): string {
  const day = 1 + Math.floor(random() * 28);
  const hour = 9 + Math.floor(random() * 11);
  const minute = Math.floor(random() * 60);
  return `${Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(day)}T${two(hour)}:${two(minute)}:00`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}
