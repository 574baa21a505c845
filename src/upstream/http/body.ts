/** The text of a response body, decompressed and within bounds. Knows nothing of what it says. */

import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { CallFailure, type FailureFacts } from '../failure.ts';

/** 1 MiB: a page of a hundred entries takes about 20 KiB. */
export const maxBodyBytes = 1_048_576;

/** undici's name for an answer whose framing is wrong. In all other cases the connection has ended a body early. */
const parserError = 'HTTPParserError';

/** The connection ended before the body did: the next connection may bring it whole. */
const cutShort = { again: 'after-pause', blames: 'upstream' } as const;

/**
 * Reads a body to its end as UTF-8; `contentEncoding` is the header that says how it was compressed. Returns its text; or
 * UPSTREAM_BAD_RESPONSE as a value, because the status may still say something better: more than 1 MiB, compressed
 * or not, which ends the connection; cut short; in an unknown coding; not UTF-8. Trusts no Content-Length: bytes are
 * counted as they come.
 */
export async function readBody(stream: Readable, contentEncoding = ''): Promise<string | CallFailure> {
  try {
    const bytes = await readBytes(stream);
    if (bytes === undefined) return unreadable('more than 1 MiB');
    const plain = contentEncoding === '' ? bytes : await undoCodings(bytes, contentEncoding);
    return plain instanceof CallFailure ? plain : decodeText(plain);
  } catch (cause) {
    const isBadlyFramed = cause instanceof Error && cause.name === parserError;
    return unreadable('part of one', cause, isBadlyFramed ? {} : cutShort);
  }
}

/** By events: an iterator would make several promises for each chunk. */
function readBytes(stream: Readable): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    stream.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxBodyBytes) return;
      resolve(undefined);
      stream.destroy();
    });
    stream.on('end', () => resolve(Buffer.concat(chunks, length)));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('The body was closed before its end.')));
  });
}

/** Strict: with a replacement character in it, a name or a currency would no longer be what was sent. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Uint8Array): string | CallFailure {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    return unreadable('bytes that are not UTF-8', cause);
  }
}

function unreadable(got: string, cause?: unknown, facts: Partial<FailureFacts> = {}): CallFailure {
  const message = `Expected a whole body of at most 1 MiB, got ${got}.`;
  return new CallFailure('UPSTREAM_BAD_RESPONSE', message, { cause, ...facts });
}

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const unzip: Decompress = promisify(gunzip);
const inflateWrapped: Decompress = promisify(inflate);
const inflateBare: Decompress = promisify(inflateRaw);

/** Some servers take `deflate` to mean the bare stream, without the zlib header that says so in its first four bits. */
const inflateEither: Decompress = (bytes, options) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateWrapped(bytes, options) : inflateBare(bytes, options);

/** The codings of RFC 9110, section 8.4.1, without `compress`, which Node does not know; and `br`. */
const codings: ReadonlyMap<string, Decompress> = new Map([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['deflate', inflateEither],
  ['br', promisify(brotliDecompress)],
]);

/** No server compresses more often than this; each time could multiply the work. */
const mostCodings = 2;

/**
 * Undoes the codings that a Content-Encoding header names, the last first. Every call asks for none (`accept-encoding:
 * identity`), but some proxies compress all the same. Stops beyond 1 MiB, so that a small body that decompresses to
 * gigabytes takes no memory.
 */
async function undoCodings(bytes: Uint8Array, header: string): Promise<Uint8Array | CallFailure> {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > mostCodings) return unreadable('one that was compressed too often');
  let plain = bytes;
  for (const name of names.reverse()) {
    const decompress = codings.get(name);
    if (decompress === undefined) return unreadable('one that was compressed in a way that nobody asked for');
    if (plain.length === 0) break; // A response without a body may name the coding that one would have.
    try {
      plain = await decompress(plain, { maxOutputLength: maxBodyBytes });
    } catch (cause) {
      return isTooLong(cause)
        ? unreadable('more than that, compressed')
        : unreadable('a broken compressed one', cause);
    }
  }
  return plain;
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
