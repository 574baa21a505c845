/**
 * An answer as it is stored in Redis: sealed, so that a reader of Redis learns nothing, a change is detected, and an answer of
 * another release is ignored.
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

/** An answer, and until when it may be used, in milliseconds since 1970. */
export type CachedAnswer = { readonly answer: PageAnswer; readonly until: number };

const nonceBytes = 12;
const tagBytes = 16;
/** Another form of the sealed text needs another version: older answers are then a miss. */
const version = 'answer v1';

/**
 * Seals an answer of one list with AES-256-GCM under a random nonce, bound to the name of the list in Redis. Each list
 * has a key of its own, because random nonces under one key should not be more than 2^32 (NIST SP 800-38D, 8.3).
 */
export function sealAnswer(keys: RedisKeys, name: string, cached: CachedAnswer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', listKey(keys, name), nonce).setAAD(Buffer.from(name));
  const sealed = [cipher.update(JSON.stringify(cached), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
}

/** Opens what `sealAnswer` made for the same list; `undefined` for anything else, such as another release's answer. */
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

/** A check for each member: a new member does not compile without one. */
type Shape<T> = Readonly<Record<keyof T, Check>>;

const details: Shape<CustomerDetails> = {
  userId: isText,
  externalId: isTextOrNull,
  firstName: isTextOrNull,
  lastName: isTextOrNull,
  entityType: isTextOrNull,
};

const entry: Shape<LedgerEntry> = {
  pointsCategory: isText,
  programId: isText,
  programName: isTextOrNull,
  closingBalance: isText,
  alternateCurrency: isTextOrNull,
  alternateCurrencyCategory: isTextOrNull,
};

const warning: Shape<LedgerWarning> = { code: isTextOrNull, message: isText };

const page: Shape<LedgerPage> = {
  details: (value) => hasShape(value, details),
  pageNumber: Number.isSafeInteger,
  pageSize: Number.isSafeInteger,
  totalEntries: Number.isSafeInteger,
  entries: (value) => isListOf(value, entry),
  warnings: (value) => isListOf(value, warning),
};

const cachedAnswer: Shape<CachedAnswer> = {
  answer: (value) => value === null || hasShape(value, page),
  until: Number.isFinite,
};

function isCachedAnswer(value: unknown): value is CachedAnswer {
  return hasShape(value, cachedAnswer);
}

/** Whether an object has exactly these members. */
function hasShape(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.entries(value);
  return (
    members.length === Object.keys(shape).length && members.every(([name, member]) => shape[name]?.(member))
  );
}

function isListOf(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return Array.isArray(value) && value.every((one) => hasShape(one, shape));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}
