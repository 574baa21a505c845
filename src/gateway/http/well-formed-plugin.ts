/**
 * What an HTTP request must look like to be a GraphQL request at all (GraphQL over HTTP, section 5). Checked before anything
 * is done with it. Yoga omits these checks, or takes such requests for faults of its own.
 */
import { GraphQLError } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import { isUtf8, parseMediaType, preferredType } from './media-type.ts';
import { rememberLast } from './remember-last.ts';
import { badRequest, readBody, readUrl } from './request-parameters.ts';
import type { GatewayPlugin } from './request-record.ts';

/**
 * What answers can be sent as; the first one serves clients that take anything. Nothing here streams, so Yoga's event
 * streams and multipart answers are not offered.
 */
const answerTypes = ['application/json', 'application/graphql-response+json'] as const;

/**
 * Refuses everything that is not well-formed with BAD_REQUEST, and reads the rest. `headersProblem` says why headers could
 * not go upstream as they are; it quotes none of their values.
 */
export function wellFormedPlugin(headersProblem: (headers: Headers) => string | undefined): GatewayPlugin {
  return {
    onRequestParse({ request: { method, headers }, serverContext: { record }, setRequestParser }) {
      const answerType = answerTypeFor(headers.get('accept'));
      // Yoga would find out only when all calls have been made.
      if (answerType === undefined)
        throw badRequest(`Answers come as ${answerTypes.join(' or ')}, in UTF-8`, 406);
      record.answerType = answerType;
      if (method === 'POST') {
        checkCoding(headers.get('content-encoding'));
        checkMediaType(headers.get('content-type'));
      } else checkSite(headers.get('sec-fetch-site'));
      const problem = headersProblem(headers);
      if (problem !== undefined) throw badRequest(problem);
      setRequestParser(method === 'POST' ? readBody : ({ url }) => readUrl(url));
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

/** The type of the answer for an `Accept` header; undefined when it takes none that there is. */
export const answerTypeFor = rememberLast((accept: string | null) => preferredType(accept, answerTypes));

/** Whether a media type is JSON in UTF-8. */
export const isJson = rememberLast((mediaType: string) => {
  const type = parseMediaType(mediaType);
  return type?.name === 'application/json' && isUtf8(type);
});

/**
 * Operations are posted as JSON and in no other way. A browser sends other bodies across sites without asking the
 * server first, and a form would do for a query that spends someone else's calls.
 */
function checkMediaType(header: string | null): void {
  if (isJson(header ?? '')) return;
  const message = 'Send the operation as JSON in UTF-8, with `content-type: application/json`';
  if (header === null) throw badRequest(message);
  throw badRequest(message, 415, { accept: 'application/json' }); // RFC 9110, section 15.5.16.
}

/**
 * A page of another site can have a browser send GET without asking first, with an image or a link. It cannot read the
 * answer, but would spend calls. Browsers say which site asks; `none` is a typed address. A sister site
 * (`same-site`) is another one: it could not read the answer either.
 */
function checkSite(site: string | null): void {
  if (site === null || site === 'same-origin' || site === 'none') return;
  const message = 'A page of another site may not ask by GET: send POST';
  const originalError = new GatewayError('FORBIDDEN', message);
  throw new GraphQLError(message, { originalError, extensions: { http: { status: 403 } } });
}

/** To unpack a body within bounds is not worth it: requests have a few kilobytes. */
function checkCoding(header: string | null): void {
  if (/^(identity)?$/i.test(header?.trim() ?? '')) return;
  throw badRequest('Send the body without a content coding', 415, { 'accept-encoding': 'identity' });
}
