/**
 * Undoes the compression of a body. Every call asks for none (`accept-encoding: identity`), but some proxies compress all
 * the same. Knows nothing of what a body says.
 */

import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const unzip: Decompress = promisify(gunzip);
const inflateWrapped: Decompress = promisify(inflate);
const inflateBare: Decompress = promisify(inflateRaw);

/** Some servers take `deflate` to mean the bare stream, without the zlib header that says so in its first four bits. */
const inflateEither: Decompress = (bytes, options) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateWrapped(bytes, options) : inflateBare(bytes, options);

/** The codings of RFC 9110, section 8.4.1, without `compress`, which Node does not know; and `br`. */
const known: Readonly<Record<string, Decompress>> = {
  gzip: unzip,
  'x-gzip': unzip,
  deflate: inflateEither,
  br: promisify(brotliDecompress),
};

/** Nobody compresses more often than this; each time could multiply the work. */
const mostCodings = 2;

/** The plain bytes; or why there are none, as the words that complete "got …". */
export type Decoded = { readonly bytes: Uint8Array } | { readonly got: string; readonly cause?: unknown };

/**
 * Undoes what a Content-Encoding header names, the last first. Stops as soon as there are more than `maxBytes`, so that a
 * small body which grows without end takes no memory.
 */
export async function undoCodings(bytes: Uint8Array, header: string, maxBytes: number): Promise<Decoded> {
  const codings = header
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > mostCodings) return { got: 'one that was compressed too often' };
  let plain = bytes;
  for (const coding of codings.reverse()) {
    const decompress = Object.hasOwn(known, coding) ? known[coding] : undefined;
    if (decompress === undefined) return { got: 'one that was compressed in a way that nobody asked for' };
    if (plain.length === 0) break; // A response without a body may name the coding that one would have.
    try {
      plain = await decompress(plain, { maxOutputLength: maxBytes });
    } catch (cause) {
      return isTooLong(cause)
        ? { got: 'more than that, compressed' }
        : { got: 'a broken compressed one', cause };
    }
  }
  return { bytes: plain };
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
