/** What a replica may take of a shared budget by what it knows itself: all of it, or its share. Asks nobody. */
import type { CallGrant } from '../upstream/call-budget.ts';
import type { EndPlace, PlaceBook } from './place-book.ts';
import type { SharedBudgetOptions } from './shared-budget-options.ts';

/** What it is made from. `windowMs` is that of the budget. */
export type OwnPartOptions = Omit<SharedBudgetOptions, 'keys'> & { readonly windowMs: number };

/**
 * What this replica's own calls leave it: of all there is, or of its share while it is on trial or `isAlone`. Of each call's
 * end Redis is told as well.
 */
export function createOwnPart(
  options: OwnPartOptions,
  book: PlaceBook,
  endThere: (credential: string, id: string) => EndPlace,
) {
  const { callsPerMinute, replicas, longestCallMs, windowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const oblivionMs = windowMs + longestCallMs;
  const isOnTrial = watchTrial(options, oblivionMs, () =>
    book.withhold({ own: share, all: callsPerMinute }, replicas, oblivionMs),
  );
  const limit = (isAlone = isOnTrial()) => (isAlone ? share : callsPerMinute);

  function enter(credential: string, id: string): EndPlace {
    const [end, tellEnd] = [book.enter(credential, id), endThere(credential, id)];
    let isEnded = false;
    return (wasSent, lateByMs) => {
      if (isEnded) return;
      isEnded = true;
      // Without a limit nothing is counted, so nothing need be remembered of a call that has ended.
      end(wasSent && Number.isFinite(callsPerMinute), lateByMs);
      tellEnd(wasSent, lateByMs);
    };
  }

  return {
    limit,
    waitsMs: (credential: string, count: number) => book.waitsMs(credential, limit(), count),
    take(credential: string, id: string, isAlone?: boolean): CallGrant {
      const [waitMs = 0] = book.waitsMs(credential, limit(isAlone), 1);
      return waitMs > 0 ? { ok: false, retryAfterMs: waitMs } : { ok: true, release: enter(credential, id) };
    },
  };
}

/**
 * Whether each replica must keep to its share: while Redis is away or has been silent, and for `oblivionMs` after, since it
 * may have forgotten what was before. `onLoss` is told each time that it may: also while this replica keeps to its share
 * already, for the others may have noticed nothing then, and taken all.
 */
function watchTrial(
  { link, pulse, now }: OwnPartOptions,
  oblivionMs: number,
  onLoss: () => void,
): () => boolean {
  let until = Number.NEGATIVE_INFINITY;
  const begin = () => {
    until = now() + oblivionMs;
  };
  link.onChange((isAway) => {
    if (isAway) onLoss();
    else begin();
  });
  pulse.onDoubt(() => {
    onLoss();
    begin();
  });
  return () => link.isAway() || now() < until;
}
