/** The text of a response body, within bounds. Knows nothing of what it says. */

import type { Readable } from 'node:stream';
import { CallFailure, type FailureFacts } from '../failure.ts';
import { undoCodings } from './content-coding.ts';

/** 1 MiB: a page of a hundred entries takes about 20 KiB. */
export const maxBodyBytes = 1_048_576;

/**
 * Reads a body to its end as UTF-8; `contentEncoding` is the header that says how it was compressed. Returns its text, or
 * the UPSTREAM_BAD_RESPONSE that it deserves, for the status may still say something better: more than 1 MiB, compressed
 * or not, which ends the connection; cut short; in an unknown coding; not UTF-8. Trusts no Content-Length: bytes are
 * counted as they come.
 */
export const readBody = async (stream: Readable, contentEncoding = ''): Promise<string | CallFailure> => {
  try {
    const bytes = await readBytes(stream);
    if (bytes === undefined) return unreadable('more than 1 MiB');
    if (contentEncoding === '') return decodeText(bytes);
    const decoded = await undoCodings(bytes, contentEncoding, maxBodyBytes);
    return 'bytes' in decoded ? decodeText(decoded.bytes) : unreadable(decoded.got, decoded.cause);
  } catch (cause) {
    const isBadlyFramed = cause instanceof Error && cause.name === parserError;
    return unreadable('part of one', cause, isBadlyFramed ? {} : cutShort);
  }
};

/** undici's name for an answer whose framing is wrong; everything else that ends a body early is its connection. */
const parserError = 'HTTPParserError';

/** A body that ended before it was whole because its connection did: the next connection may bring it. */
const cutShort = { again: 'after-pause', blames: 'upstream' } as const;

const readBytes = async (stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined; // Leaving the loop destroys the stream.
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
};

/** Strict: with a replacement character in it a name or a currency would no longer be what was sent. */
const decodeText = (bytes: Uint8Array): string | CallFailure => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return unreadable('bytes that are not UTF-8', cause);
  }
};

const unreadable = (got: string, cause?: unknown, facts: Partial<FailureFacts> = {}): CallFailure =>
  new CallFailure('UPSTREAM_BAD_RESPONSE', `Expected a whole body of at most 1 MiB, got ${got}.`, {
    cause,
    ...facts,
  });
