/**
 * One page over HTTP: built on the first request, compressed once for each coding, and not sent again to a client that has
 * it. Knows nothing of its content.
 */

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { preferredType } from '../gateway/http/media-type.ts';
import { commonHeaders } from './security-policy.ts';

/** What a page holds. */
export type PageContent = {
  /** As for `Content-Type`, with charset. */
  readonly mediaType: string;
  readonly text: string;
  /** The Content-Security-Policy. */
  readonly policy: string;
  /** The request headers by which this page was chosen, for `Vary`. `Accept-Encoding` is always one. */
  readonly vary?: string;
};

/** An answer to GET. A 304 has no body. */
export type PageAnswer = {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** A page: from the headers of a request to its answer. */
export type Page = (headers: Headers) => Promise<PageAnswer>;

type Coded = { readonly tag: string; readonly body: () => Uint8Array<ArrayBuffer> };

/**
 * Makes a page. The first request loads it. Then it holds its text and at most one compressed copy for each coding.
 * Compression runs in Node's thread pool, so that operations go on meanwhile.
 */
export function createPage(load: () => Promise<PageContent>): Page {
  let loading: Promise<PageContent> | undefined;
  const codings = new Map<Encoding, Promise<Coded>>();
  const encodeOnce = (encoding: Encoding, text: string): Promise<Coded> => {
    const known = codings.get(encoding);
    if (known !== undefined) return known;
    const coded = encode(encoding, text);
    codings.set(encoding, coded);
    return coded;
  };

  return async (headers) => {
    loading ??= load();
    const content = await loading;
    const encoding = pickEncoding(headers.get('accept-encoding'));
    const { tag, body } = await encodeOnce(encoding, content.text);
    const answered = { ...headersOf(content), etag: tag };
    if (matchesTag(headers.get('if-none-match'), tag)) return { status: 304, headers: answered, body: null };
    return { status: 200, headers: { ...answered, ...bodyHeaders(content, encoding) }, body: body() };
  };
}

/**
 * Each coding has a tag of its own: a strong tag promises equal bytes (RFC 9110, section 8.8.3.3). Uncompressed bytes are
 * made from the text each time, because they would be the largest copy.
 */
async function encode(encoding: Encoding, text: string): Promise<Coded> {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  const tag = `"${digest}-${encoding}"`;
  if (encoding === 'identity') return { tag, body: () => new Uint8Array(Buffer.from(text)) };
  const compressed = await compressors[encoding](text);
  return { tag, body: () => compressed };
}

/**
 * Quality 6 with a window of 16 MiB packs GraphiQL's 5 MB into 1.3 MB in a quarter of a second; 11, the default,
 * would save another tenth and take ten seconds.
 */
const brotliSettings = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: 24 },
};

const compressors = {
  br: (text: string) => promisify(brotliCompress)(text, brotliSettings),
  gzip: (text: string) => promisify(gzip)(text),
} as const;

/** With `no-cache` a browser stores a copy and revalidates it, so that it shows a new release at once. */
function headersOf({ policy, vary }: PageContent): Record<string, string> {
  return {
    ...commonHeaders,
    'cache-control': 'no-cache',
    vary: vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`,
    'content-security-policy': policy,
  };
}

function bodyHeaders({ mediaType }: PageContent, encoding: Encoding): Record<string, string> {
  return { 'content-type': mediaType, ...(encoding !== 'identity' && { 'content-encoding': encoding }) };
}

/** The codings in which pages are sent; `identity` is none. */
type Encoding = 'br' | 'gzip' | 'identity';

/** HTML is last: a browser weighs it more than JSON, or names it and leaves JSON to a wildcard. */
const pageTypes = ['application/json', 'application/graphql-response+json', 'text/html'] as const;

/** Whether a browser sent this `Accept`: it weighs HTML most (RFC 9110, section 12.5.1). */
export function wantsHtml(accept: string | null): boolean {
  return preferredType(accept, pageTypes) === 'text/html';
}

/**
 * The coding that `Accept-Encoding` weighs most (RFC 9110, section 12.5.3), and `br` of two equal ones, because it is
 * smaller. A client that allows neither gets the page uncompressed.
 */
export function pickEncoding(acceptEncoding: string | null): Encoding {
  const weights = readWeights(acceptEncoding ?? '');
  const weigh = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const [br, gzip] = [weigh('br'), weigh('gzip')];
  if (br === 0 && gzip === 0) return 'identity';
  return br >= gzip ? 'br' : 'gzip';
}

/** A weight that is no number counts as 0: the client may not know the coding. */
function readWeights(header: string): ReadonlyMap<string, number> {
  return new Map(
    header.split(',').map((part) => {
      const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return [coding, Number(weight) || 0];
    }),
  );
}

/** Whether `If-None-Match` names this tag, by weak comparison (RFC 9110, section 13.1.2). */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
