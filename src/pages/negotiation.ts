/**
 * Reads the request headers by which a client says what it takes and what it has. Pure.
 */
import { preferredType } from '../gateway/http/media-type.ts';

/** The codings in which pages are sent; `identity` is none. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** HTML last: it must be weighed more than JSON, or be named where JSON is left to a wildcard, as browsers do. */
const pageTypes = ['application/json', 'application/graphql-response+json', 'text/html'] as const;

/** Whether a browser asks: of what is served it weighs HTML most (RFC 9110, section 12.5.1). */
export function wantsHtml(accept: string | null): boolean {
  return preferredType(accept, pageTypes) === 'text/html';
}

/**
 * The coding that `Accept-Encoding` weighs most (RFC 9110, section 12.5.3); of equals the smaller one. A header
 * that allows neither gets the page as it is: larger is better than nothing.
 */
export function pickEncoding(acceptEncoding: string | null): Encoding {
  const weights = readWeights(acceptEncoding ?? '');
  const weigh = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const [br, gzip] = [weigh('br'), weigh('gzip')];
  if (br === 0 && gzip === 0) return 'identity';
  return br >= gzip ? 'br' : 'gzip';
}

/** A weight that cannot be read counts as none: it would not be a coding that the client surely knows. */
function readWeights(header: string): ReadonlyMap<string, number> {
  return new Map(
    header.split(',').map((part) => {
      const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return [coding, Number(weight) || 0];
    }),
  );
}

/** Whether `If-None-Match` names this tag, by the weak comparison that it asks for (RFC 9110, section 13.1.2). */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
