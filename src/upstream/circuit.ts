/** Failures since the last answer, and whether they are enough to refuse calls. Knows neither callers nor calls. */

/** `open` refuses all but a trial call at the end of each pause; `half-open` has that call under way. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** A failed question. */
export type Failure = {
  readonly caller: string;
  readonly requestId: string;
  readonly question: string;
  readonly at: number;
};

/** How many different ones it takes to open. */
export type CircuitLimits = {
  readonly fewestQuestions: number;
  readonly fewestRequests?: number;
  readonly fewestCallers?: number;
};

/** A circuit that an answer ends: then its maker takes a new one. */
export type Circuit = {
  readonly state: () => BreakerState;
  /** Whether a call would be refused right now. */
  readonly isShut: () => boolean;
  /** Whether it is as new. */
  readonly isUntouched: () => boolean;
  /** Makes a call the trial call if one is due. It must end with `endTrial`, unless an answer ends the circuit. */
  readonly beginTrial: () => boolean;
  /** A trial call that failed starts a longer pause; after one that told nothing the next call is the trial. */
  readonly endTrial: (isFailing: boolean) => void;
  /** Counts a failure, and opens if that is enough. What was under way when it opened has nothing to add. */
  readonly addFailure: (failure: Failure) => void;
};

/** Failures count for half a minute: three calls that time out one after the other at the default of 10 s. */
const windowMs = 30_000;

/** More than the limits need: the rest is forgotten, so that the memory is bounded. */
const mostFailures = 50;

/** Short at first, for the upstream may be well; doubled up to a time that lets a service breathe. */
const firstPauseMs = 500;
const longestPauseMs = 5000;

/** A closed circuit. `now` is the monotonic clock in milliseconds. */
export function createCircuit(now: () => number, limits: CircuitLimits): Circuit {
  let failures: readonly Failure[] = [];
  let state: BreakerState = 'closed';
  let openUntil = 0;
  let pauseMs = firstPauseMs;

  function open(): void {
    state = 'open';
    openUntil = now() + pauseMs;
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }

  return {
    state: () => state,
    isShut: () => state === 'half-open' || (state === 'open' && now() < openUntil),
    isUntouched: () => state === 'closed' && failures.length === 0,
    beginTrial() {
      if (state !== 'open') return false;
      state = 'half-open';
      return true;
    },
    endTrial(isFailing) {
      if (isFailing) return open();
      state = 'open';
      openUntil = now();
    },
    addFailure(failure) {
      if (state !== 'closed') return;
      const others = failures.filter((other) => other.at > now() - windowMs && !isSame(other, failure));
      failures = [...others, failure].slice(-mostFailures);
      if (isEnough(failures, limits)) open();
    },
  };
}

/** One question of one caller is one failure, however often it is asked. */
function isSame(one: Failure, other: Failure): boolean {
  return one.question === other.question && one.caller === other.caller;
}

function isEnough(failures: readonly Failure[], limits: CircuitLimits): boolean {
  const { fewestQuestions, fewestRequests = 1, fewestCallers = 1 } = limits;
  const countOf = (part: keyof Failure) => new Set(failures.map((failure) => failure[part])).size;
  return (
    countOf('question') >= fewestQuestions &&
    countOf('requestId') >= fewestRequests &&
    countOf('caller') >= fewestCallers
  );
}
