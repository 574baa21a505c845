/**
 * Checks that an HTTP request is a well-formed GraphQL request (GraphQL over HTTP, section 5), before anything else is done
 * with it. Yoga omits these checks, or answers such requests as if they were its own faults.
 */
import { GraphQLError } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import type { Cors } from './cors.ts';
import { isUtf8, parseMediaType, preferredType } from './media-type.ts';
import { badRequest, knownParameters, readBody, readUrl } from './request-parameters.ts';
import type { GatewayPlugin } from './request-record.ts';
import { rememberLast } from './request-target.ts';

/**
 * The media types of answers. A client that accepts anything gets the first one. No answer is a stream, so Yoga's event
 * streams and multipart answers are not offered.
 */
const answerTypes = ['application/json', 'application/graphql-response+json'] as const;

/**
 * Builds the plugin. It refuses malformed requests with BAD_REQUEST, and reads the parameters of the others.
 * `headersProblem` says why headers cannot go upstream, without quoting their values. Pages of origins that `allowsOrigin`
 * accepts may ask by GET.
 */
export function wellFormedPlugin(
  headersProblem: (headers: Headers) => string | undefined,
  allowsOrigin: Cors['allows'],
): GatewayPlugin {
  return {
    onRequestParse({ request: { method, headers }, serverContext: { record, req }, setRequestParser }) {
      const answerType = answerTypeFor(headers.get('accept'));
      // Yoga would check this only after all upstream calls.
      if (answerType === undefined)
        throw badRequest(`Answers come as ${answerTypes.join(' or ')}, in UTF-8`, 406);
      record.answerType = answerType;
      if (method === 'POST') {
        checkCoding(headers.get('content-encoding'));
        checkMediaType(headers.get('content-type'));
      } else if (!allowsOrigin(headers.get('origin'))) checkSite(headers.get('sec-fetch-site'));
      const problem = headersProblem(headers);
      if (problem !== undefined) throw badRequest(problem);
      const body = req?.body;
      if (method !== 'POST') setRequestParser(({ url }) => readUrl(url));
      else setRequestParser(body === undefined ? readBody : () => knownParameters(body));
    },
    onParams({ params }) {
      const { operationName = null }: { operationName?: unknown } = params;
      if (operationName === null || typeof operationName === 'string') return;
      throw badRequest(`\`operationName\` takes a string, got ${typeof operationName}`);
    },
    onResultProcess({ serverContext: { record }, setResultProcessor }) {
      setResultProcessor(processRegularResult, record.answerType);
    },
  };
}

/** The media type of the answer for an `Accept` header; undefined when it accepts none of them. */
export const answerTypeFor = rememberLast((accept: string | null) => preferredType(accept, answerTypes));

/** Whether a media type is JSON in UTF-8. */
export const isJson = rememberLast((mediaType: string) => {
  const type = parseMediaType(mediaType);
  return type?.name === 'application/json' && isUtf8(type);
});

/**
 * Refuses every body but JSON. A browser sends some other bodies to another site without a preflight request: a form on any
 * page could send a query that spends a caller's upstream calls.
 */
function checkMediaType(header: string | null): void {
  if (isJson(header ?? '')) return;
  const message = 'Send the operation as JSON in UTF-8, with `content-type: application/json`';
  if (header === null) throw badRequest(message);
  throw badRequest(message, 415, { accept: 'application/json' }); // RFC 9110, section 15.5.16.
}

/**
 * Refuses GET from pages of other sites. An image or a link makes a browser send it without a preflight request: the page
 * cannot read the answer, but spends upstream calls. `Sec-Fetch-Site` says which page sends the request; `none` means that
 * the user typed the address. A `same-site` page is on another origin and cannot read the answer either.
 */
function checkSite(site: string | null): void {
  if (site === null || site === 'same-origin' || site === 'none') return;
  const message = 'A page of another site may not ask by GET: send POST';
  const originalError = new GatewayError('FORBIDDEN', message);
  throw new GraphQLError(message, { originalError, extensions: { http: { status: 403 } } });
}

/** Refuses compressed bodies. Requests have a few kilobytes, so decompressing them within bounds is not worth it. */
function checkCoding(header: string | null): void {
  if (/^(identity)?$/i.test(header?.trim() ?? '')) return;
  throw badRequest('Send the body without a content coding', 415, { 'accept-encoding': 'identity' });
}
