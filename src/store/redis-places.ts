/**
 * The places of all replicas, as they are asked for in Redis and told to it. Knows neither what this replica holds
 * itself nor what becomes of a budget that Redis does not answer for.
 */
import { randomBytes } from 'node:crypto';
import { askScript, blockScript, endScript } from './budget-scripts.ts';
import { type EndPlace, waitsFor } from './place-book.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';

/** What Redis says to who asks for a place. `taken` counts the places of all replicas; `lost` is what says nothing. */
export type PlaceAnswer =
  | { readonly kind: 'taken'; readonly taken: number; readonly end: EndPlace }
  | Refusal
  | { readonly kind: 'lost' };

type Refusal = {
  readonly kind: 'refused';
  readonly taken: number;
  readonly blockedMs: number;
  readonly waits: readonly number[];
};

/** What the places need: of `SharedBudgetOptions`, those that Redis must know. */
export type RedisPlacesOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly callsPerMinute: number;
  readonly longestCallMs: number;
  readonly windowMs: number;
};

/** The accounts in Redis. Nothing here ever rejects. */
export function createRedisPlaces({
  link,
  keys,
  callsPerMinute,
  longestCallMs,
  windowMs,
}: RedisPlacesOptions) {
  const limit = Number.isFinite(callsPerMinute) ? callsPerMinute : 0;
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const placesOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${placesOf(credential)}:block`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // What is not told is not needed: the place comes back by itself, and the upstream says 429 once more.
  const tell = (...told: Parameters<typeof run>) => void run(...told).catch(() => undefined);

  async function ask(credential: string, count: number, id: string): Promise<readonly number[]> {
    const words = [String(limit), windowUs, longestUs, String(count), id];
    const reply = await run(askScript, [placesOf(credential), blockOf(credential)], words);
    if (!Array.isArray(reply)) throw new Error('Expected a list from Redis');
    return reply.map(Number);
  }
  const waitsIn = ([, blockedUs = 0, taken = 0, ...takenUs]: readonly number[], count: number) =>
    waitsFor((index) => milliseconds(takenUs[index] ?? windowMs * 1000), {
      limit: callsPerMinute,
      count,
      windowMs,
      taken,
      blockedMs: milliseconds(blockedUs),
    });
  const refusalIn = (reply: readonly number[]): Refusal => {
    const [, blockedUs = 0, taken = 0] = reply;
    return { kind: 'refused', taken, blockedMs: milliseconds(blockedUs), waits: waitsIn(reply, 1) };
  };
  const endOf =
    (credential: string, id: string): EndPlace =>
    (wasSent, lateByMs = 0) => {
      const words = [id, microseconds(windowMs + lateByMs), longestUs, wasSent ? '1' : '0'];
      if (limit > 0) tell(endScript, [placesOf(credential)], words);
    };

  return {
    async take(credential: string): Promise<PlaceAnswer> {
      const id = randomBytes(12).toString('base64url');
      try {
        const reply = await ask(credential, 1, id);
        if (reply[0] === 1) return { kind: 'taken', taken: reply[1] ?? 0, end: endOf(credential, id) };
        return refusalIn(reply);
      } catch {
        return { kind: 'lost' };
      }
    },
    async waits(credential: string, count: number): Promise<readonly number[] | undefined> {
      try {
        const reply = await ask(credential, count, '');
        return waitsIn(reply, count);
      } catch {
        return undefined;
      }
    },
    block: (credential: string, forMs: number) =>
      tell(blockScript, [blockOf(credential)], [microseconds(forMs)]),
  };
}

function microseconds(ms: number): string {
  return String(Math.ceil(ms * 1000));
}

/** Rounded up, so that who waits so long has waited long enough. */
function milliseconds(us: number): number {
  return Math.ceil(us / 1000);
}
