/** What the page says about each error code, in words for people. The compiler holds that no code is forgotten. */

import type { ErrorCode } from '../../../clients/error-codes.ts';
import type { Failure } from './failure.ts';

/** How the page speaks of a failure, and what its reader can do. */
export type Problem = {
  readonly title: string;
  readonly advice: string;
  /** `retry`: trying again can help. `search`: only another search can. `none`: somebody else must act. */
  readonly remedy: 'retry' | 'search' | 'none';
  /** `wait`: it passes. `fault`: it does not. */
  readonly mood: 'wait' | 'fault';
};

const callSupport = 'Tell your support team, and name the reference below.';

const problems: Readonly<Record<Failure['code'], Problem>> = {
  RATE_LIMITED: {
    title: 'Too many lookups at the moment',
    advice: 'The programme answers only so many of them each minute.',
    remedy: 'retry',
    mood: 'wait',
  },
  OVERLOADED: {
    title: 'Very busy right now',
    advice: 'Nothing was done for this lookup yet.',
    remedy: 'retry',
    mood: 'wait',
  },
  UPSTREAM_TIMEOUT: {
    title: 'The programme took too long to answer',
    advice: 'This usually passes. Try again in a moment.',
    remedy: 'retry',
    mood: 'wait',
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'The programme cannot be reached',
    advice: 'It is down for the moment. Try again a little later.',
    remedy: 'retry',
    mood: 'wait',
  },
  UPSTREAM_BAD_RESPONSE: {
    title: 'The programme sent an answer that makes no sense',
    advice: 'Try again. If it stays like this, tell your support team.',
    remedy: 'retry',
    mood: 'wait',
  },
  UNREACHABLE: {
    title: 'No connection',
    advice: 'The gateway did not answer. Check your network, then try again.',
    remedy: 'retry',
    mood: 'wait',
  },
  INCOMPLETE: {
    title: 'The balances could not be loaded',
    advice: 'The member was found, but not the balances. Try again.',
    remedy: 'retry',
    mood: 'wait',
  },
  CUSTOMER_MERGED: {
    title: 'This membership was merged into another',
    advice: 'The points moved with it. Look for the other membership of the same person.',
    remedy: 'search',
    mood: 'fault',
  },
  UPSTREAM_REJECTED: {
    title: 'The programme refused this lookup',
    advice: 'It gave this reason:',
    remedy: 'search',
    mood: 'fault',
  },
  BAD_USER_INPUT: {
    title: 'That cannot be looked up',
    advice: 'Correct it and try again:',
    remedy: 'search',
    mood: 'fault',
  },
  UNAUTHENTICATED: {
    title: 'Please sign in',
    advice: 'Your session is missing or has ended. Sign in again to see points.',
    remedy: 'none',
    mood: 'fault',
  },
  FORBIDDEN: {
    title: 'You may not see this member',
    advice: 'Ask whoever looks after your account for access.',
    remedy: 'none',
    mood: 'fault',
  },
  UPSTREAM_UNAUTHORIZED: {
    title: 'The gateway is not signed in to the programme',
    advice: `You can do nothing about it. ${callSupport}`,
    remedy: 'none',
    mood: 'fault',
  },
  OPERATION_TOO_EXPENSIVE: {
    title: 'That is too much at once',
    advice: 'Ask for less: fewer currencies, or another date.',
    remedy: 'search',
    mood: 'fault',
  },
  OPERATION_LIMITED: {
    title: 'That is too much at once',
    advice: 'Ask for less: fewer currencies, or a shorter text.',
    remedy: 'search',
    mood: 'fault',
  },
  GRAPHQL_PARSE_FAILED: pageFault(),
  GRAPHQL_VALIDATION_FAILED: pageFault(),
  BAD_REQUEST: pageFault(),
  INTERNAL_SERVER_ERROR: {
    title: 'Something went wrong at the gateway',
    advice: callSupport,
    remedy: 'retry',
    mood: 'fault',
  },
};

/** The page and the gateway do not fit together: a new release may have been installed meanwhile. */
function pageFault(): Problem {
  return {
    title: 'This page is out of date',
    advice: `Load it again. If that does not help: ${callSupport.toLowerCase()}`,
    remedy: 'none',
    mood: 'fault',
  };
}

/** What the page says about a failure. */
export function problemOf({ code }: Pick<Failure, 'code'>): Problem {
  return problems[code];
}

/** Why a list ended early, in half a sentence. The code is that of the failure, `null` if there is none. */
export function causeOf(code: string | null): string {
  const known: Partial<Readonly<Record<ErrorCode, string>>> = {
    RATE_LIMITED: 'too many lookups at the moment',
    UPSTREAM_TIMEOUT: 'the programme took too long to answer',
    UPSTREAM_UNAVAILABLE: 'the programme could not be reached',
    UPSTREAM_BAD_RESPONSE: 'the programme sent an answer that makes no sense',
    OPERATION_TOO_EXPENSIVE: 'the rest takes another request',
  };
  return known[code as ErrorCode] ?? 'a part of it could not be read';
}
