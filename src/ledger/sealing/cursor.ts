/**
 * Seals and opens cursors. A cursor is a mark (`window.ts`) with a tag, so that it opens only for the list it was made for.
 * Knows nothing of paging.
 *
 * Form: base64url of one byte for the kind, the mark's numbers as varints, and a tag of 12 bytes. A cursor contains
 * positions and nothing personal. Clients store cursors, so every form must open for ever; a new form needs new kind
 * bytes.
 *
 * Background. A page has ten cursors or more, each with its own tag. An HMAC costs several microseconds, mostly for its
 * set-up.
 *
 * Need. Tags that nobody can forge without the key, for all cursors of a page in one step.
 *
 * Trick. The body (kind and numbers) fits into one AES block of 16 bytes. So the tag is the AES-256 encryption of that
 * block, cut to 12 bytes. This is CBC-MAC for messages of one block, which is safe because all have the same length.
 * The block is padded with zeros. Two bodies cannot pad to the same block: the kind says how many numbers follow, and
 * each number says where it ends. To bind a body to its list, the block is first XORed with the list's mask: 16 bytes
 * of SHA-256 over a secret of fixed length and the list's name. Masks are secret and look random, so the same body has
 * unrelated tags in two lists (as in XEX). Equal blocks of two lists are as unlikely as equal random blocks of 128 bits.
 * One call of one cipher encrypts all blocks of a page. The mask is the only digest, one for each list. It is no HMAC,
 * which protects digests that an attacker sees: nobody sees a mask, and an HMAC costs another 10 µs a list.
 *
 * Cost. There are two forms. A body of more than 16 bytes, which only a list of billions of entries has, gets an
 * HMAC-SHA-256 with a key derived for the list. All cursors once had this form.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { wrongArgument } from '../../errors.ts';
import type { CursorMark } from '../list/window.ts';
import type { CursorKeyRing, CursorKeys } from './secret-keys.ts';

/** Seals and opens the cursors of one list. */
export type CursorCodec = {
  /** Returns the cursors of marks, in their order. Many cost little more than one. */
  readonly seal: (marks: readonly CursorMark[]) => readonly string[];
  /** @throws {GatewayError} BAD_USER_INPUT, which names `argument`, if its cursor is damaged or of another list. */
  readonly open: (argument: string, cursor: string) => CursorMark;
};

/** 96 bits: a forger would have to ask the gateway 2^95 times. */
const tagLength = 12;
const blockLength = 16;
/** Longest cursor: one byte, five varints of at most eight bytes each, and the tag, in base64. */
const longestCursor = 80;
/** The kind bytes of bodies with a block tag, and of bodies with an HMAC. */
const blockKinds = { entry: 3, gap: 4 } as const;
const hmacKinds = { entry: 1, gap: 2 } as const;

/** The bytes of a kind and a mark's numbers. */
type Body = ArrayLike<number>;

/**
 * Creates the codec of the list with this name (`ledger-list.ts`). The name contains the identifier as it was asked. So a
 * cursor from `customer(…)` also opens under `node(id)`, whose id contains the same identifier.
 */
export function createCursorCodec(keys: CursorKeyRing, listName: string): CursorCodec {
  const [current] = keys;
  let currentMask: Buffer | undefined;
  // Computed only for the first cursor, because many operations neither pass nor select one.
  function maskUnder(key: CursorKeys): Buffer {
    if (key !== current) return maskOf(key, listName);
    currentMask ??= maskOf(key, listName);
    return currentMask;
  }
  const tagUnder = (key: CursorKeys, body: Body) =>
    hasBlockTag(body) ? blockTags(key, maskUnder(key), [body]) : hmacTag(key, listName, body);
  return {
    seal(marks) {
      const bodies = marks.map(encodeMark);
      const tags = blockTags(current, maskUnder(current), bodies);
      return bodies.map((body, index) =>
        hasBlockTag(body)
          ? printCursor(body, tags, blockLength * index)
          : printCursor(body, hmacTag(current, listName, body), 0),
      );
    },
    open(argument, cursor) {
      const bytes = cursor.length <= longestCursor ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
      const body = bytes.subarray(0, -tagLength);
      const tag = bytes.subarray(-tagLength);
      const isOurs =
        tag.length === tagLength &&
        keys.some((key) => timingSafeEqual(tagUnder(key, body).subarray(0, tagLength), tag));
      const mark = isOurs && bytes.toString('base64url') === cursor ? decodeMark(body) : undefined;
      if (mark !== undefined) return mark;
      throw wrongArgument(argument, 'The cursor is not one of this customer and these arguments');
    },
  };
}

/**
 * Whether a body gets a block tag. A longer body never does, whatever its kind, because the tag would not cover its
 * end.
 */
function hasBlockTag(body: Body): boolean {
  return body.length <= blockLength && (body[0] === blockKinds.entry || body[0] === blockKinds.gap);
}

function maskOf({ mask }: CursorKeys, listName: string): Buffer {
  return hash('sha256', mask + listName, 'buffer');
}

/** The encrypted blocks of all bodies, 16 bytes each. The first 12 bytes of a block are the tag. */
function blockTags({ blocks: cipher }: CursorKeys, mask: Buffer, bodies: readonly Body[]): Buffer {
  const blocks = Buffer.allocUnsafe(blockLength * bodies.length);
  for (const [index, body] of bodies.entries()) {
    for (let at = 0; at < blockLength; at += 1)
      blocks[blockLength * index + at] = (body[at] ?? 0) ^ (mask[at] ?? 0);
  }
  return cipher.update(blocks);
}

function hmacTag({ tag }: CursorKeys, listName: string, body: Body): Buffer {
  return hmac(hmac(tag, listName), Uint8Array.from(body));
}

function hmac(key: Uint8Array, message: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** The cursor of a body, with the tag that starts at `at` in `tags`. */
function printCursor(body: Body, tags: Buffer, at: number): string {
  const bytes = Buffer.allocUnsafe(body.length + tagLength);
  bytes.set(body);
  tags.copy(bytes, body.length, at, at + tagLength);
  return bytes.toString('base64url');
}

function encodeMark(mark: CursorMark): number[] {
  const body: number[] = [blockKinds[mark.kind]];
  if (mark.kind === 'entry') {
    const { start, length, shown, index } = mark.place;
    addVarint(body, start);
    addVarint(body, length);
    addVarint(body, shown);
    addVarint(body, index);
  } else {
    addVarint(body, mark.position);
    addVarint(body, mark.skip);
  }
  addVarint(body, mark.total);
  if (body.length > blockLength) body[0] = hmacKinds[mark.kind];
  return body;
}

function decodeMark(body: Uint8Array): CursorMark | undefined {
  const [kind] = body;
  const rest = body.subarray(1);
  if (kind === blockKinds.entry || kind === hmacKinds.entry) {
    const [start, length, shown, index, total] = decodeVarints(rest, 5) ?? [];
    if (start === undefined || length === undefined || shown === undefined) return undefined;
    if (index === undefined || total === undefined) return undefined;
    return { kind: 'entry', place: { start, length, shown, index }, total };
  }
  if (kind !== blockKinds.gap && kind !== hmacKinds.gap) return undefined;
  const [position, skip, total] = decodeVarints(rest, 3) ?? [];
  if (position === undefined || skip === undefined || total === undefined) return undefined;
  return { kind: 'gap', position, skip, total };
}

/**
 * Appends a number up to 2^53 − 1 as LEB128: seven bits in each byte, lowest bits first. The high bit is set in all
 * bytes but the last.
 */
function addVarint(bytes: number[], number: number): void {
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}

/** Reads exactly `count` numbers; undefined if `bytes` has fewer or more. */
function decodeVarints(bytes: Uint8Array, count: number): number[] | undefined {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (const byte of bytes) {
    number += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
    scale = 1;
  }
  return numbers.length === count && scale === 1 ? numbers : undefined;
}
