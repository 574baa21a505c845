/**
 * Feels Redis's pulse a few times a second, so that each replica notices, as soon as every other, when Redis stands still
 * or has forgotten everything. Knows neither budgets nor answers.
 *
 * Background. A replica that is not answered in time goes on by itself. One that has asked nothing meanwhile knows nothing
 * of it, takes all that Redis then gives, and comes on top of the first. And a Redis whose data are flushed, or that is
 * replaced by an empty one behind a proxy, breaks no connection.
 *
 * Trick. Silence is noticed sooner than anybody goes on alone: by `silenceMs` in any replica, since a beat is never sent
 * later than `periodMs` after it began, and the link gives up later than both together. A replica that stood still itself
 * may read the answer before it notices; so Redis tells when it answered, which is held against how soon it does as a
 * rule. And all replicas keep one random word in Redis, which nobody but the first ever sets: another word means that Redis
 * has begun anew.
 *
 * Cost. Five small commands a second from each replica that has made a call, and whatever is asked at each beat.
 */
import { randomBytes } from 'node:crypto';
import { pulseScript } from './budget-scripts.ts';
import { setPatience } from './patience.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import { type RedisLink, usualReplyTimeoutMs } from './redis-link.ts';

/** Why Redis may not know all that it was told. */
export type Doubt = 'silent' | 'forgetful';

/** The pulse of one connection. */
export type RedisPulse = {
  /** Begins to feel it; once is enough. */
  readonly start: () => void;
  /** Told, while Redis is not away, when an answer is late, or Redis has forgotten everything. */
  readonly onDoubt: (listener: (doubt: Doubt) => void) => void;
  /** Told of every beat that Redis has answered. */
  readonly onBeat: (listener: () => void) => void;
  readonly stop: () => void;
};

const periodMs = 200;
/** Together with the period less than the link's patience. */
const usualSilenceMs = usualReplyTimeoutMs - periodMs - 50;

/** No pulse is felt yet. In `silenceMs`, Redis must answer; but for the first beat, which may have to connect. */
export function createRedisPulse(link: RedisLink, keys: RedisKeys, silenceMs = usualSilenceMs): RedisPulse {
  const doubters: ((doubt: Doubt) => void)[] = [];
  const listeners: (() => void)[] = [];
  const name = redisName(keys, 'pulse', '');
  const delayOf = watchDelays();
  let word: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function tell(doubt: Doubt): void {
    for (const listener of doubters) listener(doubt);
  }
  function learn(told: string, delayMs: number): void {
    if (word !== undefined && delayMs > silenceMs) tell('silent');
    if (word !== undefined && told !== word) tell('forgetful');
    word = told;
    for (const listener of listeners) listener();
  }
  async function beat(): Promise<void> {
    const stop = word === undefined ? undefined : setPatience(silenceMs, () => tell('silent'));
    // Not before the command has gone out: the time until then is this process's own, and says nothing of Redis.
    let sentAt = performance.now();
    const onSent = () => {
      sentAt = performance.now();
    };
    try {
      const words = ['EVAL', pulseScript, '1', name, randomBytes(12).toString('base64url')];
      const reply = await link.send(words, onSent);
      const [told, answeredAt] = Array.isArray(reply) ? reply.map(String) : [];
      if (told !== undefined) learn(told, delayOf(sentAt, Number(answeredAt) / 1000));
    } catch {
      // That it is lost, the link tells by itself.
    } finally {
      stop?.();
    }
  }
  async function goOn(): Promise<void> {
    if (!link.isAway()) await beat();
    if (!isStopped) timer = setTimeout(goOn, periodMs).unref();
  }

  return {
    start() {
      timer ??= setTimeout(goOn, 0).unref();
    },
    onDoubt: (listener) => void doubters.push(listener),
    onBeat: (listener) => void listeners.push(listener),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Beats by which is judged how soon Redis answers as a rule: ten seconds, in which clocks run apart by nothing that counts. */
const mostRemembered = 50;

/**
 * Gives how much longer than at the best of the last beats Redis took to answer one, in milliseconds, from when it was sent
 * by one clock, and answered by another. That the clocks differ is no matter, for they always differ by the same.
 */
function watchDelays(): (sentAt: number, answeredAt: number) => number {
  let differences: readonly number[] = [];
  return (sentAt, answeredAt) => {
    const difference = answeredAt - sentAt;
    differences = [...differences, difference].slice(-mostRemembered);
    return difference - Math.min(...differences);
  };
}
