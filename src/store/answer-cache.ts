/**
 * The cache of answers in this process, by list. Bounded in bytes. Knows neither paging nor callers: two callers share an
 * answer exactly when they use the same name for the list.
 */
import { LRUCache } from 'lru-cache';
import type { LedgerPage, PageAnswer } from '../upstream/page-request.ts';
import type { CachedAnswer } from './sealed-answer.ts';

/** A store of answers. A list's name must contain everything on which its answers depend. */
export type AnswerStore = ReturnType<typeof createAnswerStore>;

/** How many lists each new answer makes the store check. With one, lists could be added faster than they are dropped. */
const checksPerAnswer = 2;

/**
 * Starts empty. `maxBytes` bounds answers, names of lists and overhead together. `now` is the monotonic clock in
 * milliseconds, because with the wall clock set back by an hour, an answer would be used for an hour too long.
 *
 * Each new answer makes the store check the next few lists in turn, and drop them if they have expired. So expired balances
 * do not stay long in memory and do not take the room of usable answers. There is no timer, and no answer has to wait for a
 * check of all lists. Checking only the least recently used lists would not do: theirs may be the longest lifetimes.
 */
export function createAnswerStore(now: () => number, maxBytes: number) {
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
        names.delete(list); // `dispose` is not called for a list that was too large to be cached.
      }
    }
  }

  return {
    /** The answers of a list that have not expired, in no order. */
    read: (list: string): readonly PageAnswer[] => freshOf(lists.get(list)).map(({ answer }) => answer),
    /** Caches an answer for `ttlMs`. Drops pages of the list with another total, because the list has changed since. */
    write(list: string, answer: PageAnswer, ttlMs: number): void {
      dropExpired();
      const others = freshOf(lists.get(list)).filter((cached) => isOtherPage(cached.answer, answer));
      lists.set(list, [...others, { answer, until: now() + ttlMs }]);
      names.add(list);
    },
    /** How many bytes all answers take, estimated a little too high. */
    bytes: () => lists.calculatedSize,
  };
}

/** Whether `older` is another page of the same list as `newer`, with the same total, and so may still be used. */
export function isOtherPage(older: PageAnswer, newer: PageAnswer): boolean {
  if (older === null || newer === null || older.totalEntries !== newer.totalEntries) return false;
  return pageName(older) !== pageName(newer);
}

/** A name for a page within its list. */
export const pageName = ({ pageSize, pageNumber }: LedgerPage): string => `page ${pageSize}:${pageNumber}`;

/** Bytes that the cache and the set of names take for one list, besides its name and answers. */
const listBytes = 500;

/** Bytes that an answer takes, estimated a little too high: two for each character, and a fixed part for each object. */
function sizeOf(answer: PageAnswer): number {
  if (answer === null) return 100;
  const { details, entries, warnings } = answer;
  const parts = [...entries, ...warnings].reduce((sum, part) => sum + 200 + sizeOfTexts(part), 0);
  return 400 + sizeOfTexts(details) + parts;
}

function sizeOfTexts(texts: Readonly<Record<string, string | null>>): number {
  return Object.values(texts).reduce((sum, text) => sum + 2 * (text?.length ?? 0), 0);
}
