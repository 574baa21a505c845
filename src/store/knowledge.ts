/**
 * What a replica and Redis tell each other of a shared budget beside the places that are asked for: how many all have taken,
 * and, to a Redis that has lost some, which are held here.
 */
import type { PlaceBook } from './place-book.ts';
import type { PlaceAnswer, RedisPlaces } from './redis-places.ts';
import type { SharedBudgetOptions } from './shared-budget-options.ts';

/** Both ways. Nothing here ever rejects. */
export type Knowledge = {
  /**
   * Whether Redis counts all places that are held here, or it has lost some, and is told of them again. It must have been
   * asked after they were.
   */
  readonly isWhole: (credential: string, taken: number) => boolean;
  /** Takes in what Redis says of all. */
  readonly learn: (credential: string, told: Told) => void;
  /** Looks at an account, and learns from it. Gives the waits for the next places; none when Redis does not answer. */
  readonly look: (credential: string, looked: Looked) => Promise<readonly number[]>;
};

type Told = Extract<PlaceAnswer, { kind: 'refused' }>;
type Looked = Parameters<RedisPlaces['look']>[1];

/** What is free so soon, in milliseconds, may be free in Redis already: clocks do not agree to the millisecond. */
const soonMs = 1000;
/** So many credentials are looked at at each beat: those used last. A gateway with credentials of its own has one. */
const mostWatched = 4;

/** Knows what the book has. Looks at the accounts used last at every beat of the pulse. */
export function createKnowledge(
  { link, pulse, callsPerMinute, now }: Omit<SharedBudgetOptions, 'keys'>,
  book: PlaceBook,
  remote: RedisPlaces,
): Knowledge {
  function isWhole(credential: string, taken: number): boolean {
    // Without a limit no places are counted.
    if (!Number.isFinite(callsPerMinute) || taken >= book.heldCount(credential, soonMs)) return true;
    restore(credential);
    return false;
  }

  function learn(credential: string, told: Told): void {
    book.hear(credential, told);
    book.block(credential, told.blockedMs);
    isWhole(credential, told.taken);
  }

  async function look(credential: string, looked: Looked): Promise<readonly number[]> {
    const answer = link.isAway() ? undefined : await remote.look(credential, looked);
    if (answer?.kind !== 'refused') return [];
    learn(credential, answer);
    return answer.waits;
  }

  function restore(credential: string): void {
    const held = book.held(credential, soonMs);
    if (held.length > 0) remote.restore(credential, held, now());
  }
  function restoreAll(): void {
    for (const credential of book.credentials()) restore(credential);
  }

  link.onChange((isAway) => {
    if (!isAway) restoreAll();
  });
  pulse.onDoubt((doubt) => {
    if (doubt === 'forgetful') restoreAll();
  });
  pulse.onBeat(() => {
    for (const credential of book.credentials().slice(-mostWatched)) void look(credential, { count: 0 });
  });
  return { isWhole, learn, look };
}
