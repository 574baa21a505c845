/**
 * Serves one page over HTTP. The page is built at its first request and compressed once for each coding. A client that
 * has it gets a 304.
 */

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { preferredType } from '../gateway/http/media-type.ts';
import { commonHeaders } from './security-policy.ts';

/** The content of a page. */
export type PageContent = {
  /** The value of `Content-Type`, with charset. */
  readonly mediaType: string;
  readonly text: string;
  /** The Content-Security-Policy. */
  readonly policy: string;
  /** The request headers on which the choice of this page depends, for `Vary`. Two more are always added. */
  readonly vary?: string;
};

/** An answer to GET. A 304 and a 307 have no body. */
export type PageAnswer = {
  readonly status: 200 | 304 | 307;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** A page: turns the headers of a request into an answer. */
export type Page = (headers: Headers) => Promise<PageAnswer>;

type Coded = { readonly tag: string; readonly body: () => Uint8Array<ArrayBuffer> };

/**
 * Creates a page. The first request calls `load`. The text and one compressed copy for each coding stay in memory.
 * Compression runs in Node's thread pool, so it does not block operations. After a failure the next request tries again.
 */
export function createPage(load: () => Promise<PageContent>): Page {
  const contentOnce = once<'content', PageContent>(load);
  const encodeOnce = once(async (encoding: Encoding) =>
    encode(encoding, (await contentOnce('content')).text),
  );

  return async (headers) => {
    const content = await contentOnce('content');
    const encoding = pickEncoding(headers.get('accept-encoding'));
    const { tag, body } = await encodeOnce(encoding);
    const answered = { ...headersOf(content), etag: tag };
    if (matchesTag(headers.get('if-none-match'), tag)) return { status: 304, headers: answered, body: null };
    return { status: 200, headers: { ...answered, ...bodyHeaders(content, encoding) }, body: body() };
  };
}

/** Returns a function that makes the value of each key once. It forgets a value that could not be made. */
function once<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const made = new Map<Key, Promise<Value>>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}

/**
 * Encodes a text. Each coding has its own tag, because a strong tag promises equal bytes (RFC 9110, section 8.8.3.3).
 * Uncompressed bytes are created for each request, because they would be the largest copy in memory.
 */
async function encode(encoding: Encoding, text: string): Promise<Coded> {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  const tag = `"${digest}-${encoding}"`;
  if (encoding === 'identity') return { tag, body: () => new Uint8Array(Buffer.from(text)) };
  const compressed = await compressors[encoding](text);
  return { tag, body: () => compressed };
}

/**
 * With quality 6 and a window of 16 MiB, GraphiQL's 5 MB become 1.3 MB in a quarter of a second. The default quality,
 * 11, would save another tenth and take ten seconds.
 */
const brotliSettings = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: 24 },
};

const compressors = {
  br: (text: string) => promisify(brotliCompress)(text, brotliSettings),
  gzip: (text: string) => promisify(gzip)(text),
} as const;

/** Redirects to another address, which depends on the request's headers. */
export function createRedirect(locationFor: (headers: Headers) => string): Page {
  return async (headers) => ({
    status: 307,
    headers: { ...commonHeaders, location: locationFor(headers), 'cache-control': 'no-store' },
    body: null,
  });
}

/**
 * With `no-cache` a browser stores a copy but revalidates it each time, so that it shows a new release at once. `Vary` names
 * `Origin` for the CORS headers.
 */
function headersOf({ policy, vary }: PageContent): Record<string, string> {
  return {
    ...commonHeaders,
    'cache-control': 'no-cache',
    vary: `${vary === undefined ? '' : `${vary}, `}Accept-Encoding, Origin`,
    'content-security-policy': policy,
  };
}

function bodyHeaders({ mediaType }: PageContent, encoding: Encoding): Record<string, string> {
  return { 'content-type': mediaType, ...(encoding !== 'identity' && { 'content-encoding': encoding }) };
}

/** The codings in which pages are sent. `identity` means uncompressed. */
type Encoding = 'br' | 'gzip' | 'identity';

/** HTML is last, so that it wins only if a client prefers it to JSON, as browsers do. */
const pageTypes = ['application/json', 'application/graphql-response+json', 'text/html'] as const;

/** Whether an `Accept` header prefers HTML to JSON, as those of browsers do (RFC 9110, section 12.5.1). */
export function wantsHtml(accept: string | null): boolean {
  return preferredType(accept, pageTypes) === 'text/html';
}

/**
 * The coding with the highest weight in `Accept-Encoding` (RFC 9110, section 12.5.3). With equal weights it is `br`,
 * which is smaller. A client that accepts neither gets the page uncompressed.
 */
export function pickEncoding(acceptEncoding: string | null): Encoding {
  const weights = readWeights(acceptEncoding ?? '');
  const weigh = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const [br, gzip] = [weigh('br'), weigh('gzip')];
  if (br === 0 && gzip === 0) return 'identity';
  return br >= gzip ? 'br' : 'gzip';
}

/** The weight of each coding. A weight that is no number counts as 0, because the client may not accept the coding. */
function readWeights(header: string): ReadonlyMap<string, number> {
  return new Map(
    header.split(',').map((part) => {
      const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return [coding, Number(weight) || 0];
    }),
  );
}

/** Whether `If-None-Match` contains this tag, by weak comparison (RFC 9110, section 13.1.2). */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
