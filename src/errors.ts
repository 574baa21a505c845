/**
 * The one error class of the gateway, and the table of its codes: what each means, whether trying again can help, and what
 * to do. Every folder may import this file; it imports none.
 */

/**
 * Every `extensions.code` that a client can get. `retryable` answers one question: may the very same request succeed a
 * little later? `details` are the other fields of `extensions`, and whether they are always there. The texts are printed
 * into the documents, and the whole table into `clients/error-codes.ts`.
 */
export const errorCodes = {
  BAD_USER_INPUT: {
    retryable: false,
    details: { argument: 'sometimes' },
    meaning:
      'An argument or variable is wrong; `argument` names it. No upstream call was made for what it concerns.',
    remedy: 'Correct the argument.',
  },
  GRAPHQL_PARSE_FAILED: {
    retryable: false,
    details: {},
    meaning: 'The document is not GraphQL.',
    remedy: 'Correct the syntax at the location given.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    retryable: false,
    details: {},
    meaning: 'The document does not fit the schema.',
    remedy: 'Correct it against schema.graphql.',
  },
  BAD_REQUEST: {
    retryable: false,
    details: {},
    meaning: 'The HTTP request is not a GraphQL request.',
    remedy: 'Send POST with a JSON body, or GET with a query, as GraphQL over HTTP describes.',
  },
  OPERATION_LIMITED: {
    retryable: false,
    details: { limit: 'always' },
    meaning: 'The request is larger or deeper than allowed; `limit` is the bound.',
    remedy: 'Split the operation.',
  },
  OPERATION_TOO_EXPENSIVE: {
    retryable: false,
    details: { calls: 'always', limit: 'always' },
    meaning: 'The operation needs `calls` upstream calls and may make `limit`.',
    remedy: 'Ask for fewer customers or smaller pages.',
  },
  UNAUTHENTICATED: {
    retryable: false,
    details: {},
    meaning: "The caller's credentials are missing or refused.",
    remedy: 'Send valid credentials.',
  },
  FORBIDDEN: {
    retryable: false,
    details: {},
    meaning: 'The caller may not see this.',
    remedy: 'Ask the operator for access.',
  },
  UPSTREAM_UNAUTHORIZED: {
    retryable: false,
    details: {},
    meaning: "The gateway's own credentials were refused.",
    remedy: 'Nothing a caller can do: the operator must renew them.',
  },
  CUSTOMER_MERGED: {
    retryable: false,
    details: { upstreamCode: 'always' },
    meaning: 'The customer was merged into another one.',
    remedy: 'Ask for the surviving customer.',
  },
  RATE_LIMITED: {
    retryable: true,
    details: { retryAfter: 'always' },
    meaning: 'The budget of upstream calls is spent for now.',
    remedy: 'Try again after `retryAfter` seconds.',
  },
  UPSTREAM_REJECTED: {
    retryable: false,
    details: { upstreamCode: 'sometimes' },
    meaning: 'The upstream refused; `upstreamCode` is its code, if it gave one.',
    remedy: "Read the message: it is the upstream's own.",
  },
  UPSTREAM_TIMEOUT: {
    retryable: true,
    details: {},
    meaning: 'No answer in time.',
    remedy: 'Try again; ask for less at once if it persists.',
  },
  UPSTREAM_UNAVAILABLE: {
    retryable: true,
    details: { retryAfter: 'sometimes' },
    meaning: 'The upstream cannot be reached or fails.',
    remedy: 'Try again a little later, after `retryAfter` seconds if it says so.',
  },
  UPSTREAM_BAD_RESPONSE: {
    retryable: true,
    details: { retryAfter: 'sometimes' },
    meaning: 'The upstream sent an answer that makes no sense.',
    remedy: 'Try again; tell the operator if it persists.',
  },
  OVERLOADED: {
    retryable: true,
    details: { retryAfter: 'always' },
    meaning: 'The gateway has more to do than it can. Nothing was done for this request.',
    remedy: 'Try again after `retryAfter` seconds.',
  },
  INTERNAL_SERVER_ERROR: {
    retryable: false,
    details: {},
    meaning: 'A fault of the gateway itself; details are in its log.',
    remedy: 'Report it with the `x-request-id` of the response.',
  },
} as const;

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes;

/**
 * Every field of `extensions` besides `code` and `retryable`; `details` above says which code has which. The texts are
 * printed for clients.
 */
export const errorDetails = {
  argument: {
    type: 'string',
    meaning:
      'The wrong argument, with the path inside it: `identifier.value`, `identifiers[3].value`. A variable that no argument uses is named itself: `$end`.',
  },
  upstreamCode: { type: 'number', meaning: "The upstream's own code of its refusal." },
  retryAfter: { type: 'number', meaning: 'Seconds to wait: whole, rounded up, at least 1.' },
  calls: { type: 'number', meaning: 'Upstream calls that the operation needs.' },
  limit: { type: 'number', meaning: 'The bound that was exceeded.' },
} as const;

type DetailTypes = { readonly string: string; readonly number: number };

/** The values of these fields on one error. */
export type ErrorDetails = {
  readonly [Name in keyof typeof errorDetails]?: DetailTypes[(typeof errorDetails)[Name]['type']];
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

/** The code of an error of Node's own, such as ECONNREFUSED. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';

/** Returns a thrown Error as it is, and any other thrown value as the cause of a new Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Expected a thrown error', { cause: thrown });
}
