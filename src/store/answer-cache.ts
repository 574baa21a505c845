/**
 * Answers cached in this process for a while, by list. Bounded. Knows neither paging nor who may read what: the name of the
 * list holds that.
 */
import { LRUCache } from 'lru-cache';
import type { LedgerPage, PageAnswer } from '../upstream/page-request.ts';
import type { CachedAnswer } from './sealed-answer.ts';

/** A store of answers. A list's name holds everything that two readers must have in common to share its answers. */
export type AnswerStore = {
  /** The answers of a list that may still be used, in no order. */
  readonly read: (list: string) => readonly PageAnswer[];
  /** Caches an answer for `ttlMs`. Drops pages with another total than this one: the list has changed. */
  readonly keep: (list: string, answer: PageAnswer, ttlMs: number) => void;
  /** How many bytes all of it takes, counted a little too high. */
  readonly bytes: () => number;
};

/** So many lists are checked with each new answer: more than one, or lists would be added faster than dropped. */
const checksPerAnswer = 2;

/**
 * An empty store for so many bytes of answers, their lists' names and what holds them. `now` is the monotonic clock in
 * milliseconds: were the wall clock set back by an hour, an answer would live for an hour.
 *
 * Expired answers are dropped as new ones come: each makes the store check the next few lists in turn. So balances do not stay
 * long after their time, no usable answer is dropped for them, no timer runs, and no answer waits for a check of all lists.
 * The least recently used lists are no guide: they may be good for long.
 */
export function createAnswerStore(now: () => number, maxBytes: number): AnswerStore {
  const names = new Set<string>();
  let turn = names.values();
  const lists = new LRUCache<string, readonly CachedAnswer[]>({
    maxSize: maxBytes,
    sizeCalculation: (cached, list) =>
      listBytes + 2 * list.length + cached.reduce((sum, { answer }) => sum + sizeOf(answer), 0),
    dispose: (_, list) => names.delete(list),
  });
  const freshOf = (cached: readonly CachedAnswer[] = []) => cached.filter(({ until }) => until > now());

  function dropExpired(): void {
    for (let check = 0; check < checksPerAnswer; check += 1) {
      const { done, value: list } = turn.next();
      if (done) turn = names.values();
      else if (freshOf(lists.peek(list)).length === 0) {
        lists.delete(list);
        names.delete(list); // Also of a list that was too large to be cached at all.
      }
    }
  }

  return {
    read: (list) => freshOf(lists.get(list)).map(({ answer }) => answer),
    keep(list, answer, ttlMs) {
      dropExpired();
      const others = freshOf(lists.get(list)).filter((cached) => isBeside(cached.answer, answer));
      lists.set(list, [...others, { answer, until: now() + ttlMs }]);
      names.add(list);
    },
    bytes: () => lists.calculatedSize,
  };
}

/** Whether an answer shows another page of the same list, in the same state, as a newer one. */
export function isBeside(older: PageAnswer, newer: PageAnswer): boolean {
  if (older === null || newer === null || older.totalEntries !== newer.totalEntries) return false;
  return pageName(older) !== pageName(newer);
}

/** A name for the page of a list. */
export function pageName({ pageSize, pageNumber }: LedgerPage): string {
  return `page ${pageSize}:${pageNumber}`;
}

/** Bytes of one list beside its name and answers: what the cache and the set of names hold for it. */
const listBytes = 500;

/** Bytes that an answer takes, a little too high: two for each character, and a fixed part for each object. */
function sizeOf(answer: PageAnswer): number {
  if (answer === null) return 100;
  const { details, entries, warnings } = answer;
  return (
    400 +
    sizeOfTexts(details) +
    [...entries, ...warnings].reduce((sum, part) => sum + 200 + sizeOfTexts(part), 0)
  );
}

function sizeOfTexts(texts: Readonly<Record<string, string | null>>): number {
  return Object.values(texts).reduce((sum, text) => sum + 2 * (text?.length ?? 0), 0);
}
