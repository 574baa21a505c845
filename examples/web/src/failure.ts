/** What went wrong, as the page shows it: from an error of Apollo Client to a code and its facts. Pure. */

import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { type ErrorCode, extensionsOf } from '../../../clients/error-codes.ts';

/** A failure. `UNREACHABLE`: no answer came that is the gateway's. `INCOMPLETE`: a balance is missing, and nobody said why. */
export type Failure = {
  readonly code: ErrorCode | 'UNREACHABLE' | 'INCOMPLETE';
  readonly message: string;
  /** Seconds to wait before the next try. */
  readonly retryAfter?: number | undefined;
  /** The wrong argument, such as `identifier.value`. */
  readonly argument?: string | undefined;
  /** Names the request in the gateway's log. */
  readonly requestId?: string | undefined;
};

/** Reads an error of Apollo Client. An answer with several errors has one cause most of the time: the first is shown. */
export function failureOf(error: unknown): Failure {
  if (CombinedGraphQLErrors.is(error)) return failureIn(error.errors[0], error.extensions?.['requestId']);
  if (ServerError.is(error)) {
    const requestId = error.response.headers.get('x-request-id');
    return failureIn(firstErrorIn(error.bodyText), requestId);
  }
  return unreachable;
}

const unreachable: Failure = { code: 'UNREACHABLE', message: '' };

function failureIn(error: unknown, requestId: unknown): Failure {
  const extensions = extensionsOf(error);
  if (extensions === undefined) return unreachable;
  return {
    code: extensions.code,
    message: (error as { readonly message: string }).message,
    retryAfter: 'retryAfter' in extensions ? extensions.retryAfter : undefined,
    argument: 'argument' in extensions ? extensions.argument : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}

/** The first error in the body of an answer, such as that of a 503; undefined in a page of some proxy. */
function firstErrorIn(body: string): unknown {
  try {
    const { errors } = JSON.parse(body) as { readonly errors?: readonly unknown[] };
    return errors?.[0];
  } catch {
    return undefined;
  }
}
