/**
 * Seals and opens cursors. A cursor is a mark (`window.ts`) with a tag, so that it opens only for the list it was made for.
 * Knows nothing of paging.
 *
 * Form: base64url of one byte for the kind, the mark's numbers as varints, and a tag of 12 bytes. A cursor contains
 * positions and nothing personal. Clients store cursors, so every form must open for ever; a new form needs new kind
 * bytes.
 *
 * Background. A page has ten cursors or more, each with its own tag. Most of what an HMAC costs is its set-up.
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
 * which protects digests that an attacker sees: nobody sees a mask.
 *
 * Cost. There are two forms. A body of more than 16 bytes, which only a list of billions of entries has, gets an
 * HMAC-SHA-256 with a key derived for the list. So have cursors that clients stored before there were block tags.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { wrongArgument } from '../../errors.ts';
import type { CursorMark } from '../list/window.ts';
import type { CursorKeyRing, CursorKeys } from './secret-keys.ts';

/** 96 bits: a forger would have to ask the gateway 2^95 times. */
const tagLength = 12;
const blockLength = 16;
/** The kind bytes of bodies with a block tag, and of bodies with an HMAC. */
const blockKinds = { entry: 3, gap: 4 } as const;
const hmacKinds = { entry: 1, gap: 2 } as const;

/** Most bytes of a cursor: one for the kind, five varints of at most eight each, and the tag; rounded up to threes. */
const mostBytes = 54;

/**
 * Seals and opens the cursors of the list with this name (`ledger-list.ts`). The name contains the identifier as it was
 * asked. So a cursor from `customer(…)` also opens under `node(id)`, whose id contains the same identifier. A class, because
 * each list has a codec for as long as its calls wait, and closures take four times the memory.
 */
export class CursorCodec {
  readonly #keys: CursorKeyRing;
  readonly #listName: string;

  constructor(keys: CursorKeyRing, listName: string) {
    this.#keys = keys;
    this.#listName = listName;
  }

  /** Returns the cursors of marks, in their order. Many cost little more than one. */
  seal(marks: readonly CursorMark[]): readonly string[] {
    const [current] = this.#keys;
    const bytes = Buffer.allocUnsafe(mostBytes * marks.length).fill(0);
    const lengths = marks.map((mark, index) => writeMark(bytes, mostBytes * index, mark));
    const tags = blockTags(current, this.#listName, bytes, lengths);
    for (let index = 0; index < lengths.length; index += 1) {
      const start = mostBytes * index;
      const end = start + (lengths[index] ?? 0);
      const isBlock = end - start <= blockLength;
      const tag = isBlock ? tags : hmacTag(current, this.#listName, bytes.subarray(start, end));
      const from = isBlock ? blockLength * index : 0;
      for (let at = 0; at < tagLength; at += 1) bytes[end + at] = tag[from + at] ?? 0;
    }
    // One text for all. Three bytes become four characters, so `mostBytes` end where a character does.
    const text = bytes.toString('base64url');
    return lengths.map((length, index) => {
      const start = ((mostBytes * 4) / 3) * index;
      return text.slice(start, start + Math.ceil(((length + tagLength) * 4) / 3));
    });
  }

  /** @throws {GatewayError} BAD_USER_INPUT, which names `argument`, if its cursor is damaged or of another list. */
  open(argument: string, cursor: string): CursorMark {
    const bytes = cursor.length <= 2 * mostBytes ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const body = bytes.subarray(0, -tagLength);
    const tag = bytes.subarray(-tagLength);
    const tagUnder = hasBlockTag(body) ? blockTags : hmacTag;
    const isOurs =
      tag.length === tagLength &&
      this.#keys.some((key) =>
        timingSafeEqual(tagUnder(key, this.#listName, body, [body.length]).subarray(0, tagLength), tag),
      );
    const mark = isOurs && bytes.toString('base64url') === cursor ? decodeMark(body) : undefined;
    if (mark !== undefined) return mark;
    throw wrongArgument(argument, 'The cursor is not one of this customer and these arguments');
  }
}

/**
 * Whether a body (kind and numbers) gets a block tag. A longer body never does, whatever its kind, because the tag would not
 * cover its end.
 */
function hasBlockTag(body: Uint8Array): boolean {
  return body.length <= blockLength && (body[0] === blockKinds.entry || body[0] === blockKinds.gap);
}

/** The encrypted blocks of the bodies in `bytes`, one every `mostBytes`. The first 12 bytes of a block are the tag. */
function blockTags(
  { mask, blocks: cipher }: CursorKeys,
  listName: string,
  bytes: Uint8Array,
  lengths: readonly number[],
): Buffer {
  const listMask = hash('sha256', mask + listName, 'binary').slice(0, blockLength); // A text is faster than a Buffer.
  // Each block starts as the mask. So its padding, which is zeros, needs no step.
  const blocks = Buffer.allocUnsafe(blockLength * lengths.length).fill(listMask, 'binary');
  for (let index = 0; index < lengths.length; index += 1) {
    const to = blockLength * index;
    const from = mostBytes * index;
    const length = Math.min(lengths[index] ?? 0, blockLength);
    for (let at = 0; at < length; at += 1) blocks[to + at] = (blocks[to + at] ?? 0) ^ (bytes[from + at] ?? 0);
  }
  return cipher.update(blocks);
}

function hmacTag({ tag }: CursorKeys, listName: string, body: Uint8Array): Buffer {
  return hmac(hmac(tag, listName), body);
}

function hmac(key: Uint8Array, message: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** Writes a mark from `start` on, with the kind of the tag that it gets. @returns its length. */
function writeMark(bytes: Uint8Array, start: number, mark: CursorMark): number {
  let end = start + 1;
  if (mark.kind === 'entry') {
    end = writeVarint(bytes, end, mark.start);
    end = writeVarint(bytes, end, mark.length);
    end = writeVarint(bytes, end, mark.shown);
    end = writeVarint(bytes, end, mark.index);
  } else {
    end = writeVarint(bytes, end, mark.position);
    end = writeVarint(bytes, end, mark.skip);
  }
  end = writeVarint(bytes, end, mark.total);
  bytes[start] = (end - start <= blockLength ? blockKinds : hmacKinds)[mark.kind];
  return end - start;
}

/** Reads a mark whose tag is right. The tag does not cover zero bytes at its end, so one with any of them is refused. */
function decodeMark(body: Uint8Array): CursorMark | undefined {
  const numbers = decodeVarints(body);
  const [kind, start = 0, length = 0, shown = 0, index = 0, total = 0] = numbers;
  const isEntry = kind === blockKinds.entry || kind === hmacKinds.entry;
  if (numbers.length !== (isEntry ? 6 : 4)) return undefined;
  if (isEntry) return { kind: 'entry', start, length, shown, index, total };
  return { kind: 'gap', position: start, skip: length, total: shown };
}

/**
 * Writes a number up to 2^53 − 1 as LEB128: seven bits in each byte, lowest bits first. The high bit is set in all bytes but
 * the last. @returns where it ends.
 */
function writeVarint(bytes: Uint8Array, start: number, number: number): number {
  let at = start;
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) + 0x80;
  bytes[at++] = rest;
  return at;
}

function decodeVarints(bytes: Uint8Array): number[] {
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
  return numbers;
}
