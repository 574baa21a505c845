/**
 * Cursors as clients see them: a mark, tagged with a key so that it opens only for the list it was made for. Knows
 * nothing of paging; what a mark means is in `window.ts`.
 *
 * Form: base64url of one byte for the kind, the mark's numbers as varints, and 12 bytes of HMAC-SHA-256 over both under
 * a key made for the list. It holds positions only, nothing personal. Clients store cursors, so this form opens for ever;
 * another form takes a new kind byte.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { wrongArgument } from '../../errors.ts';
import type { CursorMark } from '../list/window.ts';
import type { KeyRing } from './secret-keys.ts';

/** Seals and opens the cursors of one list. */
export type CursorCodec = {
  readonly seal: (mark: CursorMark) => string;
  /** @throws {GatewayError} BAD_USER_INPUT for the argument whose cursor is damaged or another list's. */
  readonly open: (argument: string, cursor: string) => CursorMark;
};

/** 96 bits: a forger would have to ask the gateway 2^95 times. */
const tagLength = 12;
/** No cursor is longer: one byte, five varints of at most eight bytes, the tag, in base64. */
const longestCursor = 80;
const kindBytes = { entry: 1, gap: 2 } as const;

/**
 * The codec of the list of this name (`ledger-list.ts`). A list is a customer *as asked* and a filter, so a cursor taken
 * from `customer(…)` also opens under `node(id)`, whose id names the customer by the same identifier.
 */
export function createCursorCodec(keys: KeyRing, listName: string): CursorCodec {
  let derived: readonly Buffer[] | undefined;
  // Derived with the first cursor: many operations neither take nor select one.
  function listKeys(): readonly Buffer[] {
    derived ??= keys.map((key) => createHmac('sha256', key).update(listName).digest());
    return derived;
  }
  return {
    seal(mark) {
      const [currentKey = Buffer.alloc(0)] = listKeys();
      const body = encodeMark(mark);
      return Buffer.concat([body, tagOf(currentKey, body)]).toString('base64url');
    },
    open(argument, cursor) {
      const bytes = cursor.length <= longestCursor ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
      const body = bytes.subarray(0, -tagLength);
      const tag = bytes.subarray(-tagLength);
      const isOurs =
        tag.length === tagLength && listKeys().some((key) => timingSafeEqual(tagOf(key, body), tag));
      const mark = isOurs && bytes.toString('base64url') === cursor ? decodeMark(body) : undefined;
      if (mark !== undefined) return mark;
      throw wrongArgument(argument, 'The cursor is not one of this customer and these arguments');
    },
  };
}

function tagOf(key: Uint8Array, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, tagLength);
}

function encodeMark(mark: CursorMark): Uint8Array {
  const numbers =
    mark.kind === 'entry'
      ? [mark.place.start, mark.place.length, mark.place.shown, mark.place.index, mark.total]
      : [mark.position, mark.skip, mark.total];
  return Uint8Array.from([kindBytes[mark.kind], ...encodeVarints(numbers)]);
}

function decodeMark(body: Uint8Array): CursorMark | undefined {
  const rest = body.subarray(1);
  if (body[0] === kindBytes.entry) {
    const [start, length, shown, index, total] = decodeVarints(rest, 5) ?? [];
    if (start === undefined || length === undefined || shown === undefined) return undefined;
    if (index === undefined || total === undefined) return undefined;
    return { kind: 'entry', place: { start, length, shown, index }, total };
  }
  const [position, skip, total] = (body[0] === kindBytes.gap && decodeVarints(rest, 3)) || [];
  if (position === undefined || skip === undefined || total === undefined) return undefined;
  return { kind: 'gap', position, skip, total };
}

/** All numbers up to 2^53 − 1 as LEB128: seven bits a byte, lowest first; the high bit means that more follows. */
function encodeVarints(numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => {
    const bytes: number[] = [];
    let rest = number;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
    bytes.push(rest);
    return bytes;
  });
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
