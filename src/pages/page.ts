/**
 * One page as HTTP serves it: made when it is first asked for, compressed once for each coding, and not sent
 * again to a client that has it. Knows nothing of what it says.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Encoding, matchesTag, pickEncoding } from './negotiation.ts';
import { commonHeaders } from './security-policy.ts';

/** What a page holds. */
export type PageContent = {
  /** As for `Content-Type`, with charset. */
  readonly mediaType: string;
  readonly text: string;
  /** The Content-Security-Policy. */
  readonly policy: string;
  /** The request headers by which the path chose this page, for `Vary`; `Accept-Encoding` is always one. */
  readonly vary?: string;
};

/** An answer to GET; without a body it is a 304. */
export type PageAnswer = {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** A page, asked with the headers of a request. */
export type Page = (headers: Headers) => Promise<PageAnswer>;

type Coded = { readonly tag: string; readonly body: () => Uint8Array<ArrayBuffer> };

/**
 * Makes a page. Nothing happens before the first request; after it the page holds its text and at most one
 * compressed copy for each coding. Compression runs in Node's thread pool, so that operations go on meanwhile.
 */
export function createPage(load: () => Promise<PageContent>): Page {
  let loading: Promise<PageContent> | undefined;
  const codings = new Map<Encoding, Promise<Coded>>();

  const loadOnce = () => {
    loading ??= load();
    return loading;
  };
  const encodeOnce = (encoding: Encoding, text: string): Promise<Coded> => {
    const known = codings.get(encoding);
    if (known !== undefined) return known;
    const coded = encode(encoding, text);
    codings.set(encoding, coded);
    return coded;
  };

  return async (headers) => {
    const content = await loadOnce();
    const encoding = pickEncoding(headers.get('accept-encoding'));
    const { tag, body } = await encodeOnce(encoding, content.text);
    const answered = { ...headersOf(content), etag: tag };
    if (matchesTag(headers.get('if-none-match'), tag)) return { status: 304, headers: answered, body: null };
    return { status: 200, headers: { ...answered, ...bodyHeaders(content, encoding) }, body: body() };
  };
}

/**
 * Each coding has a tag of its own: a strong one promises equal bytes (RFC 9110, section 8.8.3.3). Without a
 * coding the bytes are made from the text each time, because they would be the largest copy to keep.
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

/** `no-cache` keeps a copy but asks whether it is still good: a new release is seen at once, at no cost else. */
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
