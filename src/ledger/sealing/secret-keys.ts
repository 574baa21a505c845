/**
 * Derives from ID_SECRET the keys that seal ids and tag cursors.
 */
import { createCipheriv, hkdfSync } from 'node:crypto';

/** Keys of one kind. The first one seals, all open, so that a secret can be replaced and clients notice nothing. */
type Ring<Key> = readonly [current: Key, ...previous: Key[]];

/** Keys that seal ids. */
export type KeyRing = Ring<Uint8Array>;

/** The keys that tag cursors, from one secret; `cursor.ts` says how. */
export type CursorKeys = Readonly<ReturnType<typeof cursorKeys>>;

/** Keys that tag cursors. */
export type CursorKeyRing = Ring<CursorKeys>;

/**
 * Derives 256-bit keys with HKDF-SHA-256 (RFC 5869): one ring for each purpose, so that one key reveals nothing about the
 * other. The labels must never change, because stored ids and cursors depend on them.
 */
export function deriveKeys(secret: string, previousSecret?: string) {
  const ring = <Key>(derive: (from: string) => Key): Ring<Key> => [
    derive(secret),
    ...(previousSecret === undefined ? [] : [derive(previousSecret)]),
  ];
  return { cursors: ring(cursorKeys), ids: ring((from) => deriveKey(from, 'customer id v1')) };
}

function cursorKeys(secret: string) {
  const blockKey = deriveKey(secret, 'cursor block v2');
  return {
    /** The key of HMACs. */
    tag: deriveKey(secret, 'cursor tag v1'),
    /** The secret of the masks of lists: 43 characters. */
    mask: Buffer.from(deriveKey(secret, 'cursor mask v2')).toString('base64url'),
    /** AES-256 for single blocks. One cipher for all cursors, because creating it costs more than using it. */
    blocks: createCipheriv('aes-256-ecb', blockKey, null).setAutoPadding(false),
  };
}

function deriveKey(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
}
