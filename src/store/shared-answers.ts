/**
 * The cache of answers that all replicas share in Redis, in addition to the cache of this process. A list is one hash
 * with a field for each page, so that one round trip reads the whole list.
 */
import { createHmac } from 'node:crypto';
import type { PageAnswer } from '../upstream/page-request.ts';
import { type AnswerStore, isOtherPage, pageName } from './answer-cache.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';
import { inTime } from './timeouts.ts';

/** What a shared store needs. */
export type SharedAnswersOptions = {
  /** The cache of this process. It is the only one while Redis is away. */
  readonly own: AnswerStore;
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Milliseconds since 1970. If the clocks of replicas differ, an answer expires that much too late or too early. */
  readonly wallNow: () => number;
};

/** Milliseconds within which Redis must answer a read. After that, an upstream call is not much slower. */
const readTimeoutMs = 50;
/** Bytes of the largest sealed answer that goes to Redis. A page of a hundred entries is smaller. */
const maxValueBytes = 64 * 1024;
/** Most pages of one list in Redis. Bounded, because the whole list is read at once. */
const maxPages = 64;

/**
 * KEYS: list. ARGV: field of the total, total, field of the page, sealed page, lifetime (ms), most pages. Drops pages with
 * another total, as the cache of the process does. The list expires together with its last page.
 */
const writeScript = `
local age = redis.call('PTTL', KEYS[1])
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HLEN', KEYS[1]) > tonumber(ARGV[6]) then
  redis.call('DEL', KEYS[1])
  age = 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return redis.call('PEXPIRE', KEYS[1], math.max(age, tonumber(ARGV[5])))`;

/** Creates the store. `write` does not wait for Redis, and a lost write is not repeated. */
export function createSharedAnswers({ own, link, keys, wallNow }: SharedAnswersOptions) {
  const tag = (name: string, text: string) =>
    createHmac('sha256', keys.names).update(`${name}\n${text}`).digest().subarray(0, 16);

  async function readBoth(list: string): Promise<readonly PageAnswer[]> {
    const name = redisName(keys, 'answers', list);
    const values = await inTime(link.send(['HVALS', name]), readTimeoutMs).catch(() => undefined);
    const opened = (Array.isArray(values) ? values : []).flatMap(
      (value) => openAnswer(keys, name, value) ?? [],
    );
    const shared = opened.filter(({ until }) => until > wallNow()).map(({ answer }) => answer);
    // Read after Redis has answered, so that an answer which was cached meanwhile is not fetched again.
    const others = own.read(list).filter((answer) => shared.every((other) => isOtherPage(other, answer)));
    return [...shared, ...others];
  }

  return {
    /** As in `AnswerStore`, or a promise, which never rejects. */
    read: (list: string) => (link.isAway() ? own.read(list) : readBoth(list)),
    write(list: string, answer: PageAnswer, ttlMs: number): void {
      own.write(list, answer, ttlMs);
      if (link.isAway()) return;
      const name = redisName(keys, 'answers', list);
      const sealed = sealAnswer(keys, name, { answer, until: wallNow() + ttlMs });
      if (sealed.length > maxValueBytes) return;
      const [total, page] =
        answer === null ? ['none', 'none'] : [String(answer.totalEntries), pageName(answer)];
      const fields = [tag(name, 'total'), tag(name, `total ${total}`), tag(name, page), sealed];
      const bounds = [String(Math.ceil(ttlMs)), String(maxPages)];
      link.send(['EVAL', writeScript, '1', name, ...fields, ...bounds]).catch(() => undefined);
    },
  };
}
