/**
 * Derives from ID_SECRET the keys that seal ids and tag cursors.
 */
import { createCipheriv, hkdfSync } from 'node:crypto';

/** Keys of one kind. The first one seals, all open, so that a secret can be replaced and clients notice nothing. */
type Ring<Key> = readonly [current: Key, ...previous: Key[]];

/** Keys that seal ids. */
export type KeyRing = Ring<Uint8Array>;

/** The keys that tag cursors, from one secret; `cursor.ts` says how. */
export type CursorKeys = {
  /** The key of HMACs. */
  readonly tag: Uint8Array;
  /** The secret of the masks of lists: 43 characters. */
  readonly mask: string;
  /**
   * AES-256 for single blocks. The process creates one cipher for all cursors, because creating it costs more than
   * using it.
   */
  readonly blocks: ReturnType<typeof createCipheriv>;
};

/** Keys that tag cursors. */
export type CursorKeyRing = Ring<CursorKeys>;

/** One key ring for each purpose, so that one key reveals nothing about the other. */
export type SecretKeys = { readonly cursors: CursorKeyRing; readonly ids: KeyRing };

/**
 * Derives 256-bit keys with HKDF-SHA-256 (RFC 5869). The labels must never change, because stored ids and cursors
 * depend on them.
 */
export function deriveKeys(secret: string, previousSecret?: string): SecretKeys {
  const ring = <Key>(derive: (from: string) => Key): Ring<Key> => [
    derive(secret),
    ...(previousSecret === undefined ? [] : [derive(previousSecret)]),
  ];
  return { cursors: ring(cursorKeys), ids: ring((from) => deriveKey(from, 'customer id v1')) };
}

function cursorKeys(secret: string): CursorKeys {
  const blockKey = deriveKey(secret, 'cursor block v2');
  return {
    tag: deriveKey(secret, 'cursor tag v1'),
    mask: Buffer.from(deriveKey(secret, 'cursor mask v2')).toString('base64url'),
    blocks: createCipheriv('aes-256-ecb', blockKey, null).setAutoPadding(false),
  };
}

function deriveKey(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', label, 32));
}
