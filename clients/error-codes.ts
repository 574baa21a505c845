/**
 * The error codes of the ledger balance gateway, for your front end. Copy this file: it imports nothing.
 * Printed from src/errors.ts by `npm run readme`.
 */

/** What each code means and what to do. `retryable`: the very same request can succeed a little later. */
export const errorCodes = {
  BAD_USER_INPUT: {
    retryable: false,
    meaning:
      'An argument or variable is wrong; `argument` names it. No upstream call was made for what it concerns.',
    remedy: 'Correct the argument.',
  },
  GRAPHQL_PARSE_FAILED: {
    retryable: false,
    meaning: 'The document is not GraphQL.',
    remedy: 'Correct the syntax at the location given.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    retryable: false,
    meaning: 'The document does not fit the schema.',
    remedy: 'Correct it against schema.graphql.',
  },
  BAD_REQUEST: {
    retryable: false,
    meaning: 'The HTTP request is not a GraphQL request.',
    remedy: 'Send POST with a JSON body, or GET with a query, as GraphQL over HTTP describes.',
  },
  OPERATION_LIMITED: {
    retryable: false,
    meaning: 'The request is larger or deeper than allowed; `limit` is the bound.',
    remedy: 'Split the operation.',
  },
  OPERATION_TOO_EXPENSIVE: {
    retryable: false,
    meaning: 'The operation needs `calls` upstream calls and may make `limit`.',
    remedy: 'Ask for fewer customers or smaller pages.',
  },
  UNAUTHENTICATED: {
    retryable: false,
    meaning: "The caller's credentials are missing or refused.",
    remedy: 'Send valid credentials.',
  },
  FORBIDDEN: {
    retryable: false,
    meaning: 'The caller may not see this.',
    remedy: 'Ask the operator for access.',
  },
  UPSTREAM_UNAUTHORIZED: {
    retryable: false,
    meaning: "The gateway's own credentials were refused.",
    remedy: 'Nothing a caller can do: the operator must renew them.',
  },
  CUSTOMER_MERGED: {
    retryable: false,
    meaning: 'The customer was merged into another one.',
    remedy: 'Ask for the surviving customer.',
  },
  RATE_LIMITED: {
    retryable: true,
    meaning: 'The budget of upstream calls is spent for now.',
    remedy: 'Try again after `retryAfter` seconds.',
  },
  UPSTREAM_REJECTED: {
    retryable: false,
    meaning: 'The upstream refused; `upstreamCode` is its code, if it gave one.',
    remedy: "Read the message: it is the upstream's own.",
  },
  UPSTREAM_TIMEOUT: {
    retryable: true,
    meaning: 'No answer in time.',
    remedy: 'Try again; ask for less at once if it persists.',
  },
  UPSTREAM_UNAVAILABLE: {
    retryable: true,
    meaning: 'The upstream cannot be reached or fails.',
    remedy: 'Try again a little later, after `retryAfter` seconds if it says so.',
  },
  UPSTREAM_BAD_RESPONSE: {
    retryable: true,
    meaning: 'The upstream sent an answer that makes no sense.',
    remedy: 'Try again; tell the operator if it persists.',
  },
  OVERLOADED: {
    retryable: true,
    meaning: 'The gateway has more to do than it can. Nothing was done for this request.',
    remedy: 'Try again after `retryAfter` seconds.',
  },
  INTERNAL_SERVER_ERROR: {
    retryable: false,
    meaning: 'A fault of the gateway itself; details are in its log.',
    remedy: 'Report it with the `x-request-id` of the response.',
  },
} as const;

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes;

/** The `extensions` of an error. A `switch` over `code` tells which other fields there are. */
export type ErrorExtensions =
  | {
      readonly code: 'BAD_USER_INPUT';
      readonly retryable: false;
      /** The wrong argument, with the path inside it: `identifier.value`, `identifiers[3].value`. A variable that no argument uses is named itself: `$end`. */
      readonly argument?: string;
    }
  | { readonly code: 'GRAPHQL_PARSE_FAILED'; readonly retryable: false }
  | { readonly code: 'GRAPHQL_VALIDATION_FAILED'; readonly retryable: false }
  | { readonly code: 'BAD_REQUEST'; readonly retryable: false }
  | {
      readonly code: 'OPERATION_LIMITED';
      readonly retryable: false;
      /** The bound that was exceeded. */
      readonly limit: number;
    }
  | {
      readonly code: 'OPERATION_TOO_EXPENSIVE';
      readonly retryable: false;
      /** Upstream calls that the operation needs. */
      readonly calls: number;
      /** The bound that was exceeded. */
      readonly limit: number;
    }
  | { readonly code: 'UNAUTHENTICATED'; readonly retryable: false }
  | { readonly code: 'FORBIDDEN'; readonly retryable: false }
  | { readonly code: 'UPSTREAM_UNAUTHORIZED'; readonly retryable: false }
  | {
      readonly code: 'CUSTOMER_MERGED';
      readonly retryable: false;
      /** The upstream's own code of its refusal. */
      readonly upstreamCode: number;
    }
  | {
      readonly code: 'RATE_LIMITED';
      readonly retryable: true;
      /** Seconds to wait: whole, rounded up, at least 1. */
      readonly retryAfter: number;
    }
  | {
      readonly code: 'UPSTREAM_REJECTED';
      readonly retryable: false;
      /** The upstream's own code of its refusal. */
      readonly upstreamCode?: number;
    }
  | { readonly code: 'UPSTREAM_TIMEOUT'; readonly retryable: true }
  | {
      readonly code: 'UPSTREAM_UNAVAILABLE';
      readonly retryable: true;
      /** Seconds to wait: whole, rounded up, at least 1. */
      readonly retryAfter?: number;
    }
  | {
      readonly code: 'UPSTREAM_BAD_RESPONSE';
      readonly retryable: true;
      /** Seconds to wait: whole, rounded up, at least 1. */
      readonly retryAfter?: number;
    }
  | {
      readonly code: 'OVERLOADED';
      readonly retryable: true;
      /** Seconds to wait: whole, rounded up, at least 1. */
      readonly retryAfter: number;
    }
  | { readonly code: 'INTERNAL_SERVER_ERROR'; readonly retryable: false };

/** Whether a text is a code of the table above. A later release may send others: do not try those again. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.keys(errorCodes).includes(code);
}

/** Returns the `extensions` of an error of the gateway, and `undefined` for any other error, such as one of a proxy. */
export function extensionsOf(error: unknown): ErrorExtensions | undefined {
  const extensions = (error as { readonly extensions?: { readonly code?: unknown } } | null | undefined)
    ?.extensions;
  return isErrorCode(extensions?.code) ? (extensions as ErrorExtensions) : undefined;
}
