/**
 * The places of all replicas, as they are asked for in Redis and told to it. Knows neither what this replica holds
 * itself nor what becomes of a budget that Redis does not answer for.
 */
import { randomBytes } from 'node:crypto';
import { askScript, blockScript, endScript, restoreScript } from './budget-scripts.ts';
import type { EndPlace, OwnPlace } from './place-book.ts';
import { waitsFor } from './place-waits.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';

/** What Redis says to who asks for a place, or looks; `lost` is what says nothing. */
export type PlaceAnswer = Grant | Refusal | Lost;

/** `taken` counts the places of all replicas. `order` is higher the later it was asked. */
type Grant = { readonly kind: 'taken'; readonly taken: number; readonly order: number };

/** `waits` until each of the next places that a replica may count on is free; see `waitsAmong`. */
type Refusal = {
  readonly kind: 'refused';
  readonly taken: number;
  readonly order: number;
  readonly blockedMs: number;
  readonly waits: readonly number[];
};

type Lost = { readonly kind: 'lost' };

/** What the places need: of `SharedBudgetOptions`, those that Redis must know. */
export type RedisPlacesOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly callsPerMinute: number;
  readonly longestCallMs: number;
  readonly windowMs: number;
};

/** How many wait at this replica, to be told to the others; not told unless given. */
type Looked = { readonly count: number; readonly waiting?: number | undefined };

/** Ids that Redis is told of at a time. */
const mostRestored = 500;

/** The accounts in Redis. */
export type RedisPlaces = ReturnType<typeof createRedisPlaces>;

/** The accounts in Redis. Nothing here ever rejects. */
export function createRedisPlaces(options: RedisPlacesOptions) {
  const { link, keys, callsPerMinute, longestCallMs, windowMs } = options;
  const limit = Number.isFinite(callsPerMinute) ? callsPerMinute : 0;
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const replica = randomBytes(9).toString('base64url');
  let asks = 0;
  const placesOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${placesOf(credential)}:block`;
  const waitingOf = (credential: string) => `${placesOf(credential)}:waiting`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // What is not told is not needed: the place comes back by itself, and the upstream says 429 once more.
  const tell = (...told: Parameters<typeof run>) => void run(...told).catch(() => undefined);

  async function ask(credential: string, { count, waiting }: Looked, id: string): Promise<PlaceAnswer> {
    const names = [placesOf(credential), blockOf(credential), waitingOf(credential)];
    const asked = [String(limit), windowUs, longestUs, String(count), id, replica, String(waiting ?? '')];
    asks += 1;
    const order = asks;
    const reply = await run(askScript, names, asked).catch(() => undefined);
    if (!Array.isArray(reply)) return { kind: 'lost' };
    const numbers = reply.map(Number);
    if (numbers[0] === 1) return { kind: 'taken', taken: numbers[1] ?? 0, order };
    return { ...refusalIn(numbers, count, options), order };
  }

  return {
    /** Asks for a place under an id that no other has. */
    take: (credential: string, id: string): Promise<PlaceAnswer> => ask(credential, { count: 1 }, id),
    /** Only looks. */
    look: (credential: string, looked: Looked): Promise<PlaceAnswer> => ask(credential, looked, ''),
    /** Tells that the call of a place has ended. */
    endOf:
      (credential: string, id: string): EndPlace =>
      (wasSent, lateByMs = 0) => {
        const words = [id, microseconds(windowMs + lateByMs), longestUs, wasSent ? '1' : '0'];
        if (limit > 0) tell(endScript, [placesOf(credential)], words);
      },
    /** Tells Redis again of places that it may have forgotten, or never known. `moment` is now, on the clock of `freeAt`. */
    restore(credential: string, held: readonly OwnPlace[], moment: number): void {
      const words = held.flatMap(({ id, freeAt = moment + longestCallMs + windowMs }) => [
        id,
        microseconds(freeAt - moment),
      ]);
      for (let start = 0; limit > 0 && start < words.length; start += 2 * mostRestored) {
        const some = words.slice(start, start + 2 * mostRestored);
        tell(restoreScript, [placesOf(credential)], [windowUs, longestUs, ...some]);
      }
    },
    block: (credential: string, forMs: number) =>
      tell(blockScript, [blockOf(credential)], [microseconds(forMs)]),
  };
}

function refusalIn(
  reply: readonly number[],
  count: number,
  { callsPerMinute, windowMs }: RedisPlacesOptions,
): Omit<Refusal, 'order'> {
  const [, blockedUs = 0, taken = 0, otherCount = 0, ...rest] = reply;
  const [others, takenUs] = [rest.slice(0, otherCount), rest.slice(otherCount)];
  const blockedMs = milliseconds(blockedUs);
  const waitsOf = (places: number) =>
    waitsFor((index) => milliseconds(takenUs[index] ?? windowMs * 1000), {
      limit: callsPerMinute,
      count: places,
      windowMs,
      taken,
      blockedMs,
    });
  return { kind: 'refused', taken, blockedMs, waits: waitsAmong(others, count, waitsOf) };
}

/**
 * The waits of a replica's next `count` places, while so many calls wait at each of the others. Whoever asks first gets a
 * place, so replicas that compete get about as many each: before the n-th of one, each other has had n, if so many wait
 * there. Their first ones are taken for equal, or each would believe that the other comes first, and nobody wait.
 */
function waitsAmong(
  others: readonly number[],
  count: number,
  waitsOf: (places: number) => readonly number[],
): readonly number[] {
  const placeOf = (index: number) =>
    others.reduce((place, waiting) => place + Math.min(index, waiting), index);
  const waits = waitsOf(count === 0 ? 0 : placeOf(count - 1) + 1);
  return Array.from({ length: count }, (_, index) => waits[placeOf(index)] ?? 0);
}

function microseconds(ms: number): string {
  return String(Math.ceil(ms * 1000));
}

/** Rounded up, so that who waits so long has waited long enough. */
function milliseconds(us: number): number {
  return Math.ceil(us / 1000);
}
