/**
 * How an answer lies in Redis: sealed, so that who reads it there learns nothing, and whoever changes it is found out.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { isKeptAnswer, type KeptAnswer } from './cached-answer.ts';
import type { RedisKeys } from './redis-keys.ts';

const nonceBytes = 12;
const tagBytes = 16;
/** Another form of what is sealed needs another version: then what lies there from before is foreign, and a miss. */
const version = 'answer v1';

/**
 * Seals an answer of one list with AES-256-GCM under a random nonce, bound to the name of the list in Redis. Each list
 * has a key of its own, because random nonces under one key should not be more than 2^32 (NIST SP 800-38D, 8.3).
 */
export function sealAnswer(keys: RedisKeys, name: string, kept: KeptAnswer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', listKey(keys, name), nonce).setAAD(Buffer.from(name));
  const sealed = [cipher.update(JSON.stringify(kept), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
}

/** Opens what `sealAnswer` made for the same list; `undefined` for anything else, such as another release's answer. */
export function openAnswer(keys: RedisKeys, name: string, value: unknown): KeptAnswer | undefined {
  if (!Buffer.isBuffer(value) || value.length < nonceBytes + tagBytes) return undefined;
  const nonce = value.subarray(0, nonceBytes);
  const cipher = createDecipheriv('aes-256-gcm', listKey(keys, name), nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(name)).setAuthTag(value.subarray(-tagBytes));
  try {
    const opened = Buffer.concat([cipher.update(value.subarray(nonceBytes, -tagBytes)), cipher.final()]);
    const found: unknown = JSON.parse(opened.toString('utf8'));
    return isKeptAnswer(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function listKey({ values }: RedisKeys, name: string): Buffer {
  return createHmac('sha256', values).update(`${version}\n${name}`).digest();
}
