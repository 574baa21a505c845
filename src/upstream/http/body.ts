/**
 * Reads the text of a response body: bounds its size, decompresses it, decodes UTF-8. Does not know what the text
 * means.
 */

import { isAscii, isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { CallFailure, type FailureFacts } from '../failure.ts';

/** 1 MiB. A page of a hundred entries takes about 20 KiB. */
export const maxBodyBytes = 1_048_576;

/** The text of a body, or why it cannot be read. */
type Read = string | CallFailure;

/**
 * Reads a whole body as UTF-8. `contentEncoding` is the header that says how it is compressed. Returns the text; a promise
 * of it if the body is compressed. Returns an UPSTREAM_BAD_RESPONSE, instead of throwing it, if the body is larger than
 * 1 MiB when decompressed, in an unknown coding, or not UTF-8: the status may still give a better error.
 */
export function readBody(bytes: Buffer, contentEncoding: string): Read | Promise<Read> {
  return contentEncoding === '' ? decodeText(bytes) : decompressText(bytes, contentEncoding);
}

async function decompressText(bytes: Buffer, contentEncoding: string): Promise<Read> {
  const plain = await undoCodings(bytes, contentEncoding);
  return plain instanceof CallFailure ? plain : decodeText(plain);
}

/**
 * Strict, because a replacement character would change a name or a currency without notice. ASCII goes first: most pages
 * are nothing else, and it is read several times as fast.
 */
function decodeText(bytes: Buffer): Read {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return unreadable('bytes that are not UTF-8');
  return bytes.toString().replace(/^\ufeff/, ''); // A parser may ignore a byte order mark: RFC 8259, section 8.1.
}

/** The error of a body that goes on beyond `maxBodyBytes`. */
export const bodyTooLong = (): CallFailure => unreadable('more than 1 MiB');

/** undici's name for an error in an answer's framing. Any other error means that the connection ended before the body. */
const parserError = 'HTTPParserError';

/** The error of a body that ended early. Another try may help, unless its framing is wrong. */
export function bodyCutShort(cause: Error): CallFailure {
  const isBadlyFramed = cause.name === parserError;
  return unreadable('part of one', cause, isBadlyFramed ? {} : { again: 'after-pause', blames: 'upstream' });
}

function unreadable(got: string, cause?: unknown, facts: Partial<FailureFacts> = {}): CallFailure {
  const message = `Expected a whole body of at most 1 MiB, got ${got}.`;
  return new CallFailure('UPSTREAM_BAD_RESPONSE', message, { cause, ...facts });
}

type Decompress = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const unzip: Decompress = promisify(gunzip);
const inflateWrapped: Decompress = promisify(inflate);
const inflateBare: Decompress = promisify(inflateRaw);

/** Some servers send `deflate` without the zlib header. The low four bits of the first byte are 8 if there is one. */
const inflateEither: Decompress = (bytes, options) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateWrapped(bytes, options) : inflateBare(bytes, options);

/** `br`, and the codings of RFC 9110, section 8.4.1, except `compress`, which Node does not support. */
const codings: ReadonlyMap<string, Decompress> = new Map([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['deflate', inflateEither],
  ['br', promisify(brotliDecompress)],
]);

/** Most codings of one body. Real servers use one, and each further one could multiply the work. */
const mostCodings = 2;

/**
 * Undoes the codings that a Content-Encoding header names, the last one first. Calls ask for none (`accept-encoding:
 * identity`), but some proxies compress anyway. Stops beyond 1 MiB, so that a small body cannot decompress to gigabytes.
 */
async function undoCodings(bytes: Buffer, header: string): Promise<Buffer | CallFailure> {
  const given: readonly string[] = header.toLowerCase().match(/[^\s,]+/g) ?? [];
  const names = given.filter((name) => name !== 'identity');
  if (names.length > mostCodings) return unreadable('one that was compressed too often');
  let plain = bytes;
  for (const name of names.reverse()) {
    const decompress = codings.get(name);
    if (decompress === undefined) return unreadable('one that was compressed in a way that nobody asked for');
    if (plain.length === 0) break; // A response without a body may still name a coding.
    try {
      plain = await decompress(plain, { maxOutputLength: maxBodyBytes });
    } catch (cause) {
      const isTooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
      return unreadable(isTooLong ? 'more than that, compressed' : 'a broken compressed one', cause);
    }
  }
  return plain;
}
