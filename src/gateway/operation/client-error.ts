/**
 * Turns every error of a GraphQL result into the one form that clients see: a code of the table, whether trying again can
 * help, and the details of the code. Errors become GraphQLErrors only here.
 */
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { type ErrorCode, errorCodes, GatewayError } from '../../errors.ts';
import { maskedMessage } from '../http/plain-error.ts';
import { argumentOf } from './argument-path.ts';

type Extensions = Readonly<Record<string, unknown>>;

/** The HTTP part of an error as Yoga reads it; `spec` means "only for application/graphql-response+json". */
type HttpExtension = { readonly status?: number; readonly spec?: boolean };

/**
 * Builds the error that the client sees. `path` and `locations` stay the same. An unexpected error shows nothing else.
 * @param maxBodyBytes the `limit` of the error for a body that is too large.
 */
export function toClientError(error: GraphQLError, maxBodyBytes: number): GraphQLError {
  const cause = gatewayErrorIn(error);
  if (cause?.code === 'INTERNAL_SERVER_ERROR') return maskedError(error);
  if (cause !== undefined) {
    // graphql's message about a wrong value names the variable or literal, and then says what is wrong with it.
    const message = isAboutValue(error) ? error.message : cause.message;
    return clientError(error, cause.code, message, { ...argumentIn(error), ...cause.details });
  }
  const http = httpOf(error);
  if (http?.status === 413) {
    const message = `A request body takes up to ${maxBodyBytes} bytes`;
    return clientError(error, 'OPERATION_LIMITED', message, { limit: maxBodyBytes });
  }
  const code = codeOf(error);
  return code === 'INTERNAL_SERVER_ERROR'
    ? maskedError(error)
    : clientError(error, code, error.message, argumentIn(error));
}

/** The JSON form of a client's error. It leaves out the HTTP part, which is in the answer's status and headers. */
export function writtenForm({ message, locations, path, extensions }: GraphQLError): GraphQLFormattedError {
  const { http: _, ...others } = extensions;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: others };
}

/** Whether an error is a fault of the gateway's own, which belongs in the log. */
export const isFault = (error: GraphQLError): boolean => error.extensions['code'] === 'INTERNAL_SERVER_ERROR';

const maskedError = (error: GraphQLError): GraphQLError =>
  clientError(error, 'INTERNAL_SERVER_ERROR', maskedMessage, {});

function clientError(
  error: GraphQLError,
  code: ErrorCode,
  message: string,
  details: Extensions,
): GraphQLError {
  const http = httpFor(error, code);
  const written = new GraphQLError(cut(message), {
    path: error.path ?? null,
    extensions: {
      code,
      retryable: errorCodes[code].retryable,
      ...details,
      ...(http !== undefined && { http }),
    },
  });
  // Copied: computing them again would scan the document again.
  Object.defineProperty(written, 'locations', { value: error.locations, enumerable: true });
  return written;
}

/** The longest message, in characters. graphql's messages quote values, which may be as long as a request. */
const longestMessage = 1000;

const cut = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;

/** Builds the error that says how many errors an answer leaves out. It has the path of the first error. */
export function leftOutError(count: number, first: GraphQLError | undefined): GraphQLError {
  const message = `${count} more ${count === 1 ? 'error is' : 'errors are'} left out`;
  return clientError(new GraphQLError(message, { path: first?.path ?? null }), 'OPERATION_LIMITED', message, {
    limit: mostErrors,
  });
}

/** The most errors of one answer. One more says how many are left out. */
export const mostErrors = 100;

/**
 * Returns the HTTP part of an error. A request error means that nothing was executed. GraphQL over HTTP (section 6.4)
 * answers it with 400, but with 200 in application/json if the HTTP request is well-formed. The executor gives wrong
 * variables the status 400, whatever the media type. Every other status is about the HTTP request.
 */
function httpFor(error: GraphQLError, code: ErrorCode): HttpExtension | undefined {
  const http = httpOf(error);
  if (error.extensions['code'] === noOperation) return { ...http, status: 400, spec: true };
  if (code === 'BAD_REQUEST') return { status: 400, ...http, spec: false };
  if (error.path !== undefined || (http?.status ?? 400) !== 400) return http;
  return code === 'INTERNAL_SERVER_ERROR' ? { status: 500 } : { ...http, status: 400, spec: true };
}

/** Yoga's code when it cannot choose an operation: there is none, none has the name, or no name is given for several. */
const noOperation = 'OPERATION_RESOLUTION_FAILURE';

/** Finds the GatewayError that an error of a result was made from. */
export function gatewayErrorIn(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  return error instanceof GraphQLError ? gatewayErrorIn(error.originalError) : undefined;
}

function codeOf(error: GraphQLError): ErrorCode {
  if (isAboutValue(error)) return 'BAD_USER_INPUT';
  const code = error.extensions['code'];
  if (code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED' || code === 'BAD_REQUEST')
    return code;
  if (error.originalError !== undefined) return 'INTERNAL_SERVER_ERROR';
  // Errors without a code are graphql's own: a field's value does not fit its type, or too many variables are wrong.
  if (code === undefined) return error.path === undefined ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
  const status = httpOf(error)?.status ?? 0;
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
}

/** The kinds of node that graphql points at when a value is wrong, in the document or in a variable. */
const valueKinds: ReadonlySet<string> = new Set([
  Kind.VARIABLE_DEFINITION,
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);

/**
 * Whether an error of graphql's own is about the value of an argument or variable. A validation error about a
 * variable itself, say one that is not declared, is about the document.
 */
function isAboutValue(error: GraphQLError): boolean {
  const kind = error.nodes?.[0]?.kind;
  if (kind === undefined || !valueKinds.has(kind)) return false;
  const isAboutVariable = kind === Kind.VARIABLE || kind === Kind.VARIABLE_DEFINITION;
  return !(isAboutVariable && error.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED');
}

/** The argument that a wrong value belongs to. */
function argumentIn(error: GraphQLError): { readonly argument?: string } {
  const argument = isAboutValue(error) ? argumentOf(error) : undefined;
  return argument === undefined ? {} : { argument };
}

function httpOf(error: GraphQLError): HttpExtension | undefined {
  return error.extensions['http'] as HttpExtension | undefined; // Yoga's own, of this form.
}
