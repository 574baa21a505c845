/**
 * The one error class of the gateway, and the table of its codes: what each means, whether trying again can help, and what
 * to do. Every folder may import this file; it imports none.
 */

/**
 * Every `extensions.code` that a client can get. `retryable` answers one question: may the very same request succeed a
 * little later? The texts are printed into the documents.
 */
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

/** What a client finds in `extensions` besides `code` and `retryable`; the table above says which code has which. */
export type ErrorDetails = {
  /**
   * The wrong argument, with the path inside it as graphql writes paths: `identifier.value`, `identifiers[3].value`. For a
   * variable that no argument uses it is the variable, such as `$end`.
   */
  readonly argument?: string;
  /** The upstream's own code, on its refusals. */
  readonly upstreamCode?: number;
  /** Whole seconds, rounded up, at least 1. */
  readonly retryAfter?: number;
  /** Upstream calls that the operation needs. */
  readonly calls?: number;
  /** The bound that was exceeded. */
  readonly limit?: number;
};

/**
 * A failure with a code that a client can act on. Every folder may throw it; only `client-error.ts` turns it into a
 * GraphQLError. `message` reaches the client: it says what was expected and what was got. It never contains a credential,
 * or the URL, headers or body of the upstream. `cause` never reaches the client.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** True when the whole operation is refused. The client then gets this error once, not once per field. */
  readonly refusesOperation: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorDetails & { readonly cause?: unknown; readonly refusesOperation?: boolean } = {},
  ) {
    const { cause, refusesOperation = false, ...details } = options;
    const { stackTraceLimit } = Error;
    // Nobody reads the stack of an expected failure, and recording it costs more than everything else here.
    if (code !== 'INTERNAL_SERVER_ERROR') Error.stackTraceLimit = 0;
    super(message, cause === undefined ? undefined : { cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
    this.refusesOperation = refusesOperation;
  }
}

/** BAD_USER_INPUT for one argument, named by its path (`ErrorDetails.argument`). */
export function wrongArgument(argument: string, message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', message, { argument });
}

/** Returns what a function returns, or the error that it throws. So one wrong list item or balance does not fail the others. */
export function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return asError(error);
  }
}

/** Returns a thrown Error as it is, and any other thrown value as the cause of a new Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Expected a thrown error', { cause: thrown });
}
