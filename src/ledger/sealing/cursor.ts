/**
 * Cursors as clients see them: a mark, tagged with a key so that it opens only for the list it was made for. Knows
 * nothing of paging; what a mark means is in `window.ts`.
 *
 * Form: base64url of one byte for the kind, the mark's numbers as varints, and a tag of 12 bytes. It holds positions only,
 * nothing personal. Clients store cursors, so every form opens for ever; another form takes new kind bytes.
 *
 * Background. A page has ten cursors and more, and each has a tag of its own. An HMAC costs several microseconds, most
 * of them for its set-up.
 *
 * Need. A tag that nobody can make without the key, for the cursors of a whole page in one step.
 *
 * Trick. Kind and numbers, the body, fit into one AES block of 16 bytes. So the tag is AES-256 of that block, cut to 12
 * bytes: CBC-MAC of messages of one block, which is safe because all have that one length. Zeros fill the block up. They
 * leave no doubt about the body, for its kind says how many numbers it has, and each number says where it ends. To bind
 * the body to its list, the block is XORed with the list's mask before it is encrypted: 16 bytes of HMAC-SHA-256 over the
 * list's name. Masks are secret and look random, so the same body has unrelated tags on two lists (as in XEX), and equal
 * blocks of two lists are as likely as equal random blocks of 128 bits. One call of one cipher encrypts all blocks of a
 * page; the mask is the only HMAC, one for each list.
 *
 * Cost. Two forms. A body of more than 16 bytes, in a list of billions of entries, has an HMAC-SHA-256 under a key made
 * for the list, as all cursors once had.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { wrongArgument } from '../../errors.ts';
import type { CursorMark } from '../list/window.ts';
import type { CursorKeyRing, CursorKeys } from './secret-keys.ts';

/** Seals and opens the cursors of one list. */
export type CursorCodec = {
  /** The cursors of several marks, in their order. Many cost little more than one. */
  readonly seal: (marks: readonly CursorMark[]) => readonly string[];
  /** @throws {GatewayError} BAD_USER_INPUT for the argument whose cursor is damaged or another list's. */
  readonly open: (argument: string, cursor: string) => CursorMark;
};

/** 96 bits: a forger would have to ask the gateway 2^95 times. */
const tagLength = 12;
const blockLength = 16;
/** No cursor is longer: one byte, five varints of at most eight bytes, the tag, in base64. */
const longestCursor = 80;
/** The kinds of bodies that are tagged as a block, and of those with an HMAC. */
const blockKinds = { entry: 3, gap: 4 } as const;
const hmacKinds = { entry: 1, gap: 2 } as const;

/** A kind and a mark's numbers, in bytes. */
type Body = ArrayLike<number>;

/**
 * The codec of the list of this name (`ledger-list.ts`). A list is a customer *as asked* and a filter, so a cursor taken
 * from `customer(…)` also opens under `node(id)`, whose id names the customer by the same identifier.
 */
export function createCursorCodec(keys: CursorKeyRing, listName: string): CursorCodec {
  const [current] = keys;
  let currentMask: Buffer | undefined;
  // Computed with the first cursor: many operations neither take nor select one.
  function maskUnder(key: CursorKeys): Buffer {
    if (key !== current) return hmac(key.mask, listName);
    currentMask ??= hmac(key.mask, listName);
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

/** Whether a body is tagged as a block. A longer body never is, whatever its kind: a block would leave its end untagged. */
function hasBlockTag(body: Body): boolean {
  return body.length <= blockLength && (body[0] === blockKinds.entry || body[0] === blockKinds.gap);
}

/** The encrypted blocks of all bodies, 16 bytes each, of which the first 12 are the tag. */
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

/** The text of a body and the tag that stands at `at` among `tags`. */
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

/** Appends a number up to 2^53 − 1 as LEB128: seven bits a byte, lowest first; the high bit means that more follows. */
function addVarint(bytes: number[], number: number): void {
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}

/** Reads exactly `count` numbers that fill `bytes` completely; undefined if they do not. */
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
