/**
 * Answers kept in this process for a while, by list. Bounded; knows neither paging nor who may read what: that is
 * in the name of the list.
 */
import { LRUCache } from 'lru-cache';
import type { PageAnswer } from '../upstream/page-request.ts';

/** A store of answers. A list's name says all that two readers must have in common to share its answers. */
export type AnswerStore = {
  /** The answers of a list that may still be used, in no order. */
  readonly read: (list: string) => readonly PageAnswer[];
  /** Keeps an answer for `ttlMs`. Pages that count another total than this one are dropped: the list has changed. */
  readonly keep: (list: string, answer: PageAnswer, ttlMs: number) => void;
  /** How many bytes all of it takes, counted a little too high. */
  readonly bytes: () => number;
};

type Kept = { readonly answer: PageAnswer; readonly until: number };

/** So many lists are looked at with each answer that is kept: more than one, or they would come faster than they go. */
const looksPerAnswer = 2;

/**
 * An empty store for so many bytes of answers, their lists' names and what holds them. `now` is a clock in milliseconds.
 *
 * What has expired is dropped as new answers come: each makes the store look at the next few lists in turn. So nobody's
 * balances stay for long after their time, and nothing that may still be used has to go for them; and no timer runs, and
 * no answer waits until all lists have been looked at. Those not used for longest are no guide: their time may be long.
 */
export function createAnswerStore(now: () => number, maxBytes: number): AnswerStore {
  const names = new Set<string>();
  let turn = names.values();
  const lists = new LRUCache<string, readonly Kept[]>({
    maxSize: maxBytes,
    sizeCalculation: (kept, list) =>
      listBytes + 2 * list.length + kept.reduce((sum, { answer }) => sum + sizeOf(answer), 0),
    dispose: (_, list) => names.delete(list),
  });
  const freshOf = (kept: readonly Kept[] = []) => kept.filter(({ until }) => until > now());

  function dropIfExpired(list: string): void {
    if (freshOf(lists.peek(list)).length > 0) return;
    lists.delete(list);
    names.delete(list); // Also of a list that was too large to be kept at all.
  }

  function dropExpired(): void {
    for (let look = 0; look < looksPerAnswer; look += 1) {
      const next = turn.next();
      if (next.done) turn = names.values();
      else dropIfExpired(next.value);
    }
  }

  return {
    read: (list) => freshOf(lists.get(list)).map(({ answer }) => answer),
    keep(list, answer, ttlMs) {
      dropExpired();
      const others = freshOf(lists.get(list)).filter((kept) => isBeside(kept.answer, answer));
      lists.set(list, [...others, { answer, until: now() + ttlMs }]);
      names.add(list);
    },
    bytes: () => lists.calculatedSize,
  };
}

/** Whether an answer that was kept before still holds beside a new one. */
function isBeside(before: PageAnswer, now: PageAnswer): boolean {
  if (before === null || now === null) return false;
  const isSamePage = before.pageSize === now.pageSize && before.pageNumber === now.pageNumber;
  return !isSamePage && before.totalEntries === now.totalEntries;
}

/** Bytes of one list beside its name and answers: what the cache and the set of names hold for it. */
const listBytes = 500;

/** Bytes that an answer takes, a little too high: two for each character, and a fixed part for each object. */
function sizeOf(answer: PageAnswer): number {
  if (answer === null) return 100;
  const { details, entries, warnings } = answer;
  return (
    400 + 2 * textLength(details) + [...entries, ...warnings].reduce((sum, part) => sum + partSize(part), 0)
  );
}

function partSize(part: Readonly<Record<string, string | null>>): number {
  return 200 + 2 * textLength(part);
}

function textLength(texts: Readonly<Record<string, string | null>>): number {
  return Object.values(texts).reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
