/**
 * Derives the keys that seal ids and tag cursors from the operator's ID_SECRET.
 */
import { hkdfSync } from 'node:crypto';

/** Keys for one purpose: the first seals, all open, so that a secret can be replaced without breaking clients. */
export type KeyRing = readonly [current: Uint8Array, ...previous: Uint8Array[]];

/** One key ring for each purpose, so that one key shows nothing about the other. */
export type SecretKeys = { readonly cursors: KeyRing; readonly ids: KeyRing };

/** Derives 256-bit keys with HKDF-SHA-256 (RFC 5869). Stored ids and cursors depend on the labels, which never change. */
export function deriveKeys(secret: string, previousSecret?: string): SecretKeys {
  const ring = (label: string): KeyRing => [
    deriveKey(secret, label),
    ...(previousSecret === undefined ? [] : [deriveKey(previousSecret, label)]),
  ];
  return { cursors: ring('cursor tag v1'), ids: ring('customer id v1') };
}

function deriveKey(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
}
