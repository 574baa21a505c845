/**
 * The names of keys in Redis, and the keys that seal what is stored there. Both are derived from the operator's ID_SECRET, so
 * that replicas agree and nobody else can tell whose key it is.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** Two secrets of 32 bytes: one for names, one for values. */
export type RedisKeys = { readonly names: Uint8Array; readonly values: Uint8Array };

/**
 * Derives both with HKDF-SHA-256 (RFC 5869), under labels of their own: ids and cursors have others. With a new ID_SECRET,
 * replicas no longer find what is in Redis: answers are asked for again, and for a minute the replicas with the new
 * secret do not see the calls of those with the old one.
 */
export function deriveRedisKeys(secret: string): RedisKeys {
  const derive = (label: string) => new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
  return { names: derive('redis key name v1'), values: derive('redis value v1') };
}

/** The name of `text` in Redis: a keyed hash, which a reader of names can neither read nor guess. */
export function redisName({ names }: RedisKeys, kind: 'answers' | 'budget', text: string): string {
  const digest = createHmac('sha256', names).update(`${kind}\n${text}`).digest('base64url');
  // The braces put keys of one name in one slot, should the server be a cluster's proxy.
  return `lbg:{${digest}}`;
}
