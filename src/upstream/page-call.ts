/** A call for one page, and on whose behalf it is made. Types alone. */

import type { DelayObserver } from './budget-refusals.ts';
import type { StartCallSpan } from './call-trace.ts';
import type { PageRequest } from './page-request.ts';

/** On whose behalf calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: Headers;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** Whom fairness is between: who calls the gateway, as far as that is known. All without one count as one. */
  readonly subject?: string | undefined;
  /** Until when an answer is of use, in milliseconds of the clock that never goes back. */
  readonly deadlineAt: () => number;
  /** For a call that several share: told when some of them wait in vain for the budget. */
  readonly onDelay?: DelayObserver | undefined;
  /** Gives each call its place in the caller's trace; nothing where nothing is traced. */
  readonly startSpan?: StartCallSpan | undefined;
};

/** One page wanted by one caller, however many calls it takes. */
export type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  /** `questionOf` the request. */
  readonly question: string;
  readonly signal: AbortSignal;
  /** Told of each call as it goes out. */
  readonly onSent: () => void;
  /** How many calls have gone out so far. */
  sent: number;
};
