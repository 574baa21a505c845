/**
 * Names for entries in Redis, and the secrets that seal their values. Both are derived from ID_SECRET, so that replicas
 * agree and a reader of Redis cannot tell which customer or credential an entry is about.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** Two secrets of 32 bytes each, for names and for values. */
export type RedisKeys = { readonly names: Uint8Array; readonly values: Uint8Array };

/**
 * Derives both secrets with HKDF-SHA-256 (RFC 5869). Their labels differ from those for ids and cursors. With a new
 * ID_SECRET, replicas no longer find what is in Redis: they fetch answers again, and for a minute they do not count the
 * calls of replicas that still use the old secret.
 */
export function deriveRedisKeys(secret: string): RedisKeys {
  const derive = (label: string) => new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
  return { names: derive('redis key name v1'), values: derive('redis value v1') };
}

/** The name of an entry in Redis: a keyed hash of `text`, from which nobody without the secret can learn or guess it. */
export function redisName({ names }: RedisKeys, kind: 'answers' | 'budget', text: string): string {
  const digest = createHmac('sha256', names).update(`${kind}\n${text}`).digest('base64url');
  // The braces keep entries of one name in one hash slot, in case the server is a proxy of a cluster.
  return `lbg:{${digest}}`;
}
