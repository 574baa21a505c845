/**
 * Cached answers that all replicas share, in Redis, beside those that this process caches anyway. A list is one hash with
 * a field for each page, so that one round trip reads all of it.
 */
import { createHmac } from 'node:crypto';
import type { PageAnswer } from '../upstream/page-request.ts';
import { type AnswerStore, isBeside, pageName } from './answer-cache.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

/** As `AnswerStore`, but reading may take a moment. It never rejects. */
export type SharedAnswerStore = Pick<AnswerStore, 'keep'> & {
  readonly read: (list: string) => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
};

/** What a shared store needs. */
export type SharedAnswersOptions = {
  /** This process's own store: the only one while Redis is away. */
  readonly own: AnswerStore;
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Milliseconds since 1970. The clocks of replicas should agree: an answer lives longer or shorter by their difference. */
  readonly wallNow: () => number;
};

/** Milliseconds in which Redis must answer a read: a call would be well on its way by then. */
const readTimeoutMs = 50;
/** Bytes of the largest answer that goes to Redis: a hundred entries with room to spare. */
const maxValueBytes = 64 * 1024;
/** Pages of one list in Redis. The whole list is read at once, so it must be bounded. */
const maxPages = 64;

/**
 * KEYS: list. ARGV: field of the total, total, field of the page, sealed page, lifetime (ms), most pages. As in the
 * process: pages with another total are dropped. The list lives as long as its longest-lived page.
 */
const keepScript = `
local age = redis.call('PTTL', KEYS[1])
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HLEN', KEYS[1]) > tonumber(ARGV[6]) then
  redis.call('DEL', KEYS[1])
  age = 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return redis.call('PEXPIRE', KEYS[1], math.max(age, tonumber(ARGV[5])))`;

/** The store. A write to Redis is not awaited, and not repeated if it is lost. */
export function createSharedAnswers({ own, link, keys, wallNow }: SharedAnswersOptions): SharedAnswerStore {
  const tag = (name: string, text: string) =>
    createHmac('sha256', keys.names).update(`${name}\n${text}`).digest().subarray(0, 16);

  async function readBoth(list: string): Promise<readonly PageAnswer[]> {
    const name = redisName(keys, 'answers', list);
    const values = await inTime(link.send(['HVALS', name]));
    const opened = values.flatMap((value) => openAnswer(keys, name, value) ?? []);
    const shared = opened.filter(({ until }) => until > wallNow()).map(({ answer }) => answer);
    // Read only now: an answer may have been cached meanwhile, and its call must not be made again.
    const others = own.read(list).filter((answer) => shared.every((other) => isBeside(other, answer)));
    return [...shared, ...others];
  }

  return {
    read: (list) => (link.isAway() ? own.read(list) : readBoth(list)),
    keep(list, answer, ttlMs) {
      own.keep(list, answer, ttlMs);
      if (link.isAway()) return;
      const name = redisName(keys, 'answers', list);
      const sealed = sealAnswer(keys, name, { answer, until: wallNow() + ttlMs });
      if (sealed.length > maxValueBytes) return;
      const [total, page] =
        answer === null ? ['none', 'none'] : [String(answer.totalEntries), pageName(answer)];
      const fields = [tag(name, 'total'), tag(name, `total ${total}`), tag(name, page), sealed];
      const bounds = [String(Math.ceil(ttlMs)), String(maxPages)];
      link.send(['EVAL', keepScript, '1', name, ...fields, ...bounds]).catch(() => undefined);
    },
  };
}

/** The values that Redis returns in time; none in all other cases. Never rejects. */
async function inTime(reply: Promise<unknown>): Promise<readonly unknown[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), readTimeoutMs);
  });
  const values = await Promise.race([reply.catch(() => undefined), tooLate]);
  clearTimeout(timer);
  return Array.isArray(values) ? values : [];
}
