/**
 * Seals answers for Redis, and opens them. A reader of Redis learns nothing from a sealed answer. One that was changed,
 * or that has another release's shape, does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type {
  CustomerDetails,
  LedgerEntry,
  LedgerPage,
  LedgerWarning,
  PageAnswer,
} from '../upstream/page-request.ts';
import type { RedisKeys } from './redis-keys.ts';

/**
 * An answer, and the moment in milliseconds at which it expires: since 1970 in Redis, on the monotonic clock in this
 * process.
 */
export type CachedAnswer = { readonly answer: PageAnswer; readonly until: number };

const nonceBytes = 12;
const tagBytes = 16;
/** Must change with the form of the sealed text, so that older answers no longer open. */
const version = 'answer v1';

/**
 * Seals an answer with AES-256-GCM and a random nonce, bound to the name of its list in Redis. Each list has its own key,
 * because one key should not be used with more than 2^32 random nonces (NIST SP 800-38D, 8.3).
 */
export function sealAnswer(keys: RedisKeys, name: string, cached: CachedAnswer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', listKey(keys, name), nonce).setAAD(Buffer.from(name));
  const sealed = [cipher.update(JSON.stringify(cached), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
}

/** Opens an answer that `sealAnswer` sealed for the same list; `undefined` for any other value. */
export function openAnswer(keys: RedisKeys, name: string, value: unknown): CachedAnswer | undefined {
  if (!Buffer.isBuffer(value) || value.length < nonceBytes + tagBytes) return undefined;
  const nonce = value.subarray(0, nonceBytes);
  const cipher = createDecipheriv('aes-256-gcm', listKey(keys, name), nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(name)).setAuthTag(value.subarray(-tagBytes));
  try {
    const opened = Buffer.concat([cipher.update(value.subarray(nonceBytes, -tagBytes)), cipher.final()]);
    const found: unknown = JSON.parse(opened.toString('utf8'));
    return isCachedAnswer(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function listKey({ values }: RedisKeys, name: string): Buffer {
  return createHmac('sha256', values).update(`${version}\n${name}`).digest();
}

type Check = (value: unknown) => boolean;

/** One check for each member. A new member without a check does not compile. */
type Shape<T> = Readonly<Record<keyof T, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);

/** Checks that a value is an object with exactly these members, and that each passes its check. */
function hasShape<T>(shape: Shape<T>): (value: unknown) => value is T {
  const checks: readonly [string, Check][] = Object.entries(shape);
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === checks.length &&
    checks.every(([name, check]) => name in value && check(value[name as keyof typeof value]));
}

function isListOf<T>(shape: Shape<T>): Check {
  const isOne = hasShape(shape);
  return (value) => Array.isArray(value) && value.every(isOne);
}

const isPage = hasShape<LedgerPage>({
  details: hasShape<CustomerDetails>({
    userId: isText,
    externalId: isTextOrNull,
    firstName: isTextOrNull,
    lastName: isTextOrNull,
    entityType: isTextOrNull,
  }),
  pageNumber: Number.isSafeInteger,
  pageSize: Number.isSafeInteger,
  totalEntries: Number.isSafeInteger,
  entries: isListOf<LedgerEntry>({
    pointsCategory: isText,
    programId: isText,
    programName: isTextOrNull,
    closingBalance: isText,
    alternateCurrency: isTextOrNull,
    alternateCurrencyCategory: isTextOrNull,
  }),
  warnings: isListOf<LedgerWarning>({ code: isTextOrNull, message: isText }),
});

const isCachedAnswer = hasShape<CachedAnswer>({
  answer: (value) => value === null || isPage(value),
  until: Number.isFinite,
});
