/**
 * Kept answers that all replicas share, in Redis, beside those that this process keeps anyway. A list is one hash with
 * a field for each page, so that all that is kept of it is read in one round trip.
 */
import { createHmac } from 'node:crypto';
import type { PageAnswer } from '../upstream/page-request.ts';
import type { AnswerStore } from './answer-cache.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

/** As `AnswerStore`, but reading may take a moment. It never rejects. */
export type SharedAnswerStore = Pick<AnswerStore, 'keep'> & {
  readonly read: (list: string) => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
};

/** What a shared store needs. */
export type SharedAnswersOptions = {
  /** What this process keeps: all there is while Redis is away. */
  readonly own: AnswerStore;
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Milliseconds since 1970. The clocks of replicas should agree: an answer lives longer or shorter by as much as they do not. */
  readonly now: () => number;
};

/** Milliseconds after which an answer from Redis is not waited for: by then a call is well under way. */
const readTimeoutMs = 50;
/** Bytes of the largest answer that goes to Redis: a hundred entries with room to spare. */
const maxValueBytes = 64 * 1024;
/** Pages of one list in Redis. The whole list is read at once, so it must not grow without end. */
const maxPages = 64;

/**
 * KEYS: list. ARGV: field of the total, total, field of the page, sealed page, lifetime (ms), most pages. As in the
 * process: pages that count another total are dropped. The list lives as long as its longest-lived page.
 */
const keepScript = `
local age = redis.call('PTTL', KEYS[1])
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HLEN', KEYS[1]) > tonumber(ARGV[6]) then
  redis.call('DEL', KEYS[1])
  age = 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return redis.call('PEXPIRE', KEYS[1], math.max(age, tonumber(ARGV[5])))`;

/** The store. What goes to Redis is not waited for, and not repeated if it is lost. */
export function createSharedAnswers({ own, link, keys, now }: SharedAnswersOptions): SharedAnswerStore {
  const tag = (name: string, text: string) =>
    createHmac('sha256', keys.names).update(`${name}\n${text}`).digest().subarray(0, 16);

  async function readBoth(list: string): Promise<readonly PageAnswer[]> {
    const name = redisName(keys, 'answers', list);
    const values = await inTime(link.send(['HVALS', name]));
    const opened = values.flatMap((value) => openAnswer(keys, name, value) ?? []);
    const shared = opened.filter(({ until }) => until > now()).map(({ answer }) => answer);
    // Looked at only now: what came in meanwhile may be under way no more, and should not be called for again.
    return [
      ...shared,
      ...own.read(list).filter((answer) => shared.every((other) => isBeside(other, answer))),
    ];
  }

  return {
    read: (list) => (link.isAway() ? own.read(list) : readBoth(list)),
    keep(list, answer, ttlMs) {
      own.keep(list, answer, ttlMs);
      if (link.isAway()) return;
      const name = redisName(keys, 'answers', list);
      const sealed = sealAnswer(keys, name, { answer, until: now() + ttlMs });
      if (sealed.length > maxValueBytes) return;
      const [total, page] =
        answer === null ? ['none', 'none'] : [String(answer.totalEntries), pageOf(answer)];
      const fields = [tag(name, 'total'), tag(name, `total ${total}`), tag(name, page), sealed];
      const bounds = [String(Math.ceil(ttlMs)), String(maxPages)];
      link.send(['EVAL', keepScript, '1', name, ...fields, ...bounds]).catch(() => undefined);
    },
  };
}

function pageOf({
  pageSize,
  pageNumber,
}: {
  readonly pageSize: number;
  readonly pageNumber: number;
}): string {
  return `page ${pageSize}:${pageNumber}`;
}

/** Whether an answer tells of another page of the same list, in the same state. */
function isBeside(one: PageAnswer, other: PageAnswer): boolean {
  if (one === null || other === null || one.totalEntries !== other.totalEntries) return false;
  return pageOf(one) !== pageOf(other);
}

/** What Redis says, if it says so soon; else nothing. Never rejects. */
async function inTime(reply: Promise<unknown>): Promise<readonly unknown[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), readTimeoutMs);
  });
  const values = await Promise.race([reply.catch(() => undefined), tooLate]);
  clearTimeout(timer);
  return Array.isArray(values) ? values : [];
}
