/** The queue in which requests with new documents wait for a turn of the event loop. */

import { GatewayError } from '../../errors.ts';

/**
 * The characters of new documents that one turn of the event loop parses and validates. They take about 6 ms. A turn for each
 * short document would make it cost a third more, because the answers of a turn are sent together.
 */
export const charactersOfTurn = 4000;

/** A request that waits for a turn. `signal` fires when its client leaves. */
type Waiter = { readonly characters: number; readonly signal: AbortSignal; readonly start: () => void };

/**
 * Returns a function that waits, first come, first served, for a turn of the event loop that has time for so many characters
 * of new documents. It returns undefined if this one has. A request whose client has left takes no time of a turn and is
 * refused: such requests no longer count as in flight, so nothing else would bound them.
 */
export function createTurnQueue(): (characters: number, signal: AbortSignal) => Promise<void> | undefined {
  const waiters: Waiter[] = [];
  let used = 0;
  const hasTime = (characters: number) => used === 0 || used + characters <= charactersOfTurn;

  function use(characters: number): void {
    if (used === 0) setImmediate(startTurn);
    used += characters;
  }

  function startTurn(): void {
    used = 0;
    for (let [next] = waiters; next && (next.signal.aborted || hasTime(next.characters)); [next] = waiters) {
      waiters.shift();
      if (!next.signal.aborted) use(next.characters);
      next.start();
    }
  }

  return (characters, signal) => {
    if (waiters.length === 0 && hasTime(characters)) {
      use(characters);
      return undefined;
    }
    const turn = new Promise<void>((start) => waiters.push({ characters, signal, start }));
    return turn.then(() => refuseLeft(signal));
  };
}

/** Refuses a request whose client has left. */
export function refuseLeft({ aborted }: AbortSignal): void {
  if (aborted) throw new GatewayError('UPSTREAM_TIMEOUT', 'The client went away');
}
