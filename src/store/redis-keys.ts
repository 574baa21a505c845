/**
 * The names of keys in Redis, and the keys that seal what is there: both come from the operator's ID_SECRET, so that
 * replicas agree and nobody else can tell whose key it is.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** Two secrets of 32 bytes: one for names, one for values. */
export type RedisKeys = { readonly names: Uint8Array; readonly values: Uint8Array };

/**
 * Derives both with HKDF-SHA-256 (RFC 5869), under labels of their own: ids and cursors have others. A new ID_SECRET
 * means that what is in Redis is found no more: answers are asked for again, and for a minute the replicas with the new
 * one do not see what those with the old one have called for.
 */
export function deriveRedisKeys(secret: string): RedisKeys {
  const derive = (label: string) => new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
  return { names: derive('redis key name v1'), values: derive('redis value v1') };
}

/** The name under which `text` goes in Redis: a keyed hash, so that who reads names can neither read nor guess it. */
export function redisName({ names }: RedisKeys, kind: 'answers' | 'budget', text: string): string {
  const digest = createHmac('sha256', names).update(`${kind}\n${text}`).digest('base64url');
  // The braces keep keys of one name in one slot, should the server be a cluster's proxy.
  return `lbg:{${digest}}`;
}
