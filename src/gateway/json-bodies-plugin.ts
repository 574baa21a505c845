/**
 * Operations are posted as JSON and in no other way. A browser sends other bodies across sites without asking
 * the server first, and a form would do for a query that spends someone else's calls.
 */
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const jsonType = /^application\/json\s*(;|$)/i;

/** Refuses POSTs of any other media type with 415 (RFC 9110, section 15.5.16). */
export const jsonBodiesPlugin: Plugin = {
  onRequestParse({ request }) {
    if (request.method !== 'POST' || jsonType.test(request.headers.get('content-type') ?? '')) return;
    throw new GraphQLError('Send the operation as JSON, with `content-type: application/json`', {
      extensions: { code: 'BAD_REQUEST', http: { status: 415 } },
    });
  },
};
