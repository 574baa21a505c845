/**
 * What an HTTP request must look like to be a GraphQL request at all (GraphQL over HTTP, section 5). Checked before
 * anything is done with it; Yoga leaves these cases out, or takes them for faults of its own.
 */
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';

/** As Yoga's parser has it, to the letter: what this lets through must not fall through there. */
const jsonType = /^application\/json(;|$)/;

/** What answers can be sent as, in any of the words of an `Accept` header. */
const answerType =
  /(^|,)\s*(\*\/\*|application\/(\*|json|graphql-response\+json)|(text|multipart)\/\*|text\/event-stream|multipart\/mixed)\s*(;|,|$)/i;

/** Refuses everything that is not well-formed with BAD_REQUEST, before it is parsed any further. */
export const wellFormedPlugin: Plugin = {
  onRequestParse({ request, url }) {
    checkAccepted(request.headers.get('accept'));
    if (request.method === 'POST') checkMediaType(request.headers.get('content-type'));
    else for (const name of ['variables', 'extensions']) checkJson(name, url.searchParams.get(name));
    return { onRequestParseDone: checkBatch };
  },
  onParams({ params }) {
    const { operationName = null }: { operationName?: unknown } = params;
    if (operationName === null || typeof operationName === 'string') return;
    throw badRequest(`\`operationName\` takes a string, got ${typeof operationName}`);
  },
};

/**
 * Operations are posted as JSON and in no other way. A browser sends other bodies across sites without asking the
 * server first, and a form would do for a query that spends someone else's calls.
 */
function checkMediaType(type: string | null): void {
  if (jsonType.test(type ?? '')) return;
  const message = 'Send the operation as JSON, with `content-type: application/json`';
  throw badRequest(message, type === null ? 400 : 415); // RFC 9110, section 15.5.16
}

/** Yoga would find out only when all calls have been made. */
function checkAccepted(accepted: string | null): void {
  if (!accepted || answerType.test(accepted)) return;
  throw badRequest('Answers come as application/graphql-response+json or application/json', 406);
}

/**
 * Operations in one HTTP request at most: as many as Apollo Client, the library that batches most, puts into one.
 */
export const largestBatch = 10;

/**
 * A batch without members would be answered with an empty list, and no error that a client could see; and a member that
 * is no object Yoga takes apart all the same, and for a fault of its own.
 */
function checkBatch({ requestParserResult }: { readonly requestParserResult: unknown }): void {
  if (!Array.isArray(requestParserResult)) return;
  const { length } = requestParserResult;
  if (length === 0) throw badRequest('A batch takes at least one operation, got none');
  if (length > largestBatch) {
    const message = `A batch takes up to ${largestBatch} operations, got ${length}`;
    throw new GatewayError('OPERATION_LIMITED', message, { limit: largestBatch });
  }
  if (!requestParserResult.every(isObject)) throw badRequest('A batch takes operations, got something else');
}

function isObject(member: unknown): boolean {
  return typeof member === 'object' && member !== null && !Array.isArray(member);
}

/** GET has JSON inside its URL. */
function checkJson(name: string, text: string | null): void {
  if (!text) return;
  try {
    JSON.parse(text);
  } catch {
    throw badRequest(`\`${name}\` takes JSON, got something else`);
  }
}

function badRequest(message: string, status = 400): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
}
