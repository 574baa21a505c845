/**
 * Reads the text of a response body: bounds its size, decompresses it, decodes UTF-8. Does not know what the text
 * means.
 */

import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { CallFailure, type FailureFacts } from '../failure.ts';

/** 1 MiB. A page of a hundred entries takes about 20 KiB. */
export const maxBodyBytes = 1_048_576;

/** undici's name for an error in an answer's framing. Any other error means that the connection ended before the body. */
const parserError = 'HTTPParserError';

/** Another try may help, because the next connection may bring the whole body. */
const cutShort = { again: 'after-pause', blames: 'upstream' } as const;

/**
 * Reads a whole body as UTF-8. `contentEncoding` is the header that says how it is compressed. Returns the text.
 * Returns an UPSTREAM_BAD_RESPONSE, instead of throwing it, if the body is larger than 1 MiB (compressed or not),
 * incomplete, in an unknown coding, or not UTF-8: the status may still give a better error. Counts bytes as they come,
 * whatever Content-Length says, and ends the connection beyond 1 MiB.
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

/** Undefined for a body over 1 MiB. Uses events, because an iterator would create several promises for each chunk. */
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

/** Strict, because a replacement character would change a name or a currency without notice. */
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
    if (plain.length === 0) break; // A response without a body may still name a coding.
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
