/**
 * The circuit breaker. It refuses calls for a moment while the upstream fails. Knows neither HTTP nor what makes a failure
 * the upstream's fault.
 *
 * Background. Some questions always fail. For one customer the upstream resets the connection, answers 5xx or never
 * answers, and it serves all others. A caller that asks such questions must not shut out other callers.
 *
 * Need. A real outage must be noticed after few calls. But a burst of failing questions between two good answers looks
 * just like the beginning of an outage.
 *
 * Trick. Failures count by question: all pages and retries of one question are one failure. Each caller has a circuit,
 * which opens when questions of several requests fail. One more circuit, for everybody, opens when questions of several
 * callers fail. Any answer resets the circuit of its caller and that for everybody. While a circuit is open, two kinds
 * of calls go out: a question that was answered a moment ago, until it fails itself; and one trial call at the end of
 * every pause.
 *
 * Cost. An upstream that fails for one question only, or for every other call, opens no circuit: its callers wait for each
 * failure. Callers who share an address share a circuit.
 *
 * Not cockatiel: its last release for Node 20 is larger than this file, counts a trial call whose caller has left as an
 * answer, and cannot ignore an outcome, while half of ours must be ignored.
 */

import { type Blames, ownRefusal } from './failure.ts';

/** `open`: refuses calls until a pause ends. `half-open`: the trial call after the pause is in flight. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * What the end of a call says about the upstream: that it answered, or what is at fault. `edge` closes the circuits only
 * after a trial call.
 */
export type Evidence = 'answered' | Blames;

/** What the breaker knows of a call. */
export type BreakerCall = {
  /** Who calls the gateway, as far as addresses tell. */
  readonly fairnessKey: string;
  /** The id of the incoming HTTP request. */
  readonly requestId: string;
  /** What is asked: customer and filter. Its pages and retries are the same question. */
  readonly question: string;
};

/** The circuits for which a call is the trial call; usually none. */
export type Trials = readonly Circuit[];

/** A breaker for one upstream. */
export type Breaker = ReturnType<typeof createBreaker>;

/** More questions than one screen of a client usually asks; few enough that an outage is noticed soon. */
const fewestQuestions = 10;
/** A single request, which may ask for fifty customers, must not open the circuit of its caller. */
const callerLimits = { fewestRequests: 2, fewestCallers: 1 };
/** A client that changes its address once counts as two callers. */
const sharedLimits = { fewestRequests: 1, fewestCallers: 3 };

/** Bounds the memory. Beyond it, the circuit of the caller that failed first is dropped. */
const mostCallers = 1000;

const noTrials: Trials = [];
const refusal = 'The upstream has been failing: no calls are made for a moment.';

/**
 * A closed breaker. `now` is the monotonic clock in ms; `onRefusal` is called for each refused call, and must not
 * throw.
 */
export function createBreaker(now: () => number, onRefusal: () => void = () => undefined) {
  const answered = createAnsweredQuestions(now);
  const callers = new Map<string, Circuit>();
  let everybody: Circuit | undefined;
  let lastOpened: Circuit | undefined;
  let lastAnswerAt = Number.NEGATIVE_INFINITY;

  /** @throws {CallFailure} UPSTREAM_UNAVAILABLE, without a retry, if this call must not go out now. */
  function refuseIfOpen(call: BreakerCall): void {
    const isRefusing = everybody?.isRefusing() || callers.get(call.fairnessKey)?.isRefusing();
    if (!isRefusing || answered.has(call.question)) return; // Read only here: the call writes it when it is asked.
    onRefusal();
    throw ownRefusal('UPSTREAM_UNAVAILABLE', refusal);
  }

  function addFailure({ fairnessKey, requestId, question }: BreakerCall): void {
    answered.delete(question);
    everybody ??= createCircuit(now, sharedLimits);
    const own = callers.get(fairnessKey) ?? createCircuit(now, callerLimits);
    callers.set(fairnessKey, own);
    const [oldest = ''] = callers.keys();
    if (callers.size > mostCallers) callers.delete(oldest);
    for (const circuit of [everybody, own]) {
      circuit.addFailure({ fairnessKey, requestId, question, at: now() });
      if (circuit.state() === 'open') lastOpened = circuit;
    }
  }

  return {
    refuseIfOpen,
    /**
     * Must be called right before a call goes out. The call may become the trial call. `end` must follow.
     * @throws {CallFailure} as `refuseIfOpen`.
     */
    begin(call: BreakerCall): Trials {
      refuseIfOpen(call);
      const own = callers.get(call.fairnessKey);
      if ((everybody ?? own) === undefined || answered.has(call.question)) return noTrials;
      return [everybody, own].flatMap((circuit) => (circuit?.beginTrial() ? [circuit] : []));
    },
    /** Must be called once, when the call has ended, with the trials that `begin` returned. */
    end(call: BreakerCall, trials: Trials, evidence: Evidence): void {
      const isAnswered = evidence === 'answered' || evidence === 'question';
      const isReachable = isAnswered || evidence === 'edge';
      if (isReachable) lastAnswerAt = now();
      if (isAnswered) answered.add(call.question);
      if (isAnswered || (isReachable && trials.length > 0)) {
        everybody = undefined;
        lastOpened = undefined;
        callers.delete(call.fairnessKey);
      } else for (const trial of trials) trial.endTrial(evidence === 'upstream');
      if (evidence === 'upstream') addFailure(call);
    },
    /** The state of the circuit for everybody. If it is closed: of the last circuit that opened since the last answer. */
    state(): BreakerState {
      const shared = everybody?.state() ?? 'closed';
      return shared === 'closed' ? (lastOpened?.state() ?? 'closed') : shared;
    },
    /** Whether there was an answer to any call since this moment of the breaker's clock. `edge` counts as an answer. */
    hasAnsweredSince: (moment: number) => lastAnswerAt >= moment,
  };
}

/** How long failures and answered questions count. At the default timeout, three calls in turn can time out in it. */
const windowMs = 30_000;
/** Bounds the memory. */
const mostAnswered = 1000;

/**
 * The questions that were answered a moment ago, at least within half of the window, and have not failed since. The older
 * half is dropped at once, because to drop the oldest question for each new one took longer than to add it.
 */
function createAnsweredQuestions(now: () => number) {
  let older = new Set<string>();
  let newer = new Set<string>();
  let since = now();

  function dropOld(): void {
    const ageMs = now() - since;
    if (ageMs <= windowMs / 2 && newer.size < mostAnswered / 2) return;
    older = ageMs < windowMs ? newer : new Set();
    newer = new Set();
    since = now();
  }

  return {
    has(question: string): boolean {
      dropOld();
      return newer.has(question) || older.has(question);
    },
    add(question: string): void {
      dropOld();
      newer.add(question);
    },
    delete(question: string): void {
      newer.delete(question);
      older.delete(question);
    },
  };
}

type Failure = BreakerCall & { readonly at: number };

/** Counts the failures since the last answer, and opens when there are enough. An answer makes the breaker drop it. */
type Circuit = ReturnType<typeof createCircuit>;

/** Bounds the memory. No limit needs as many. */
const mostFailures = 50;

/** The first pause is short, because the upstream may be well. It doubles up to a time in which a service can recover. */
const firstPauseMs = 500;
const longestPauseMs = 5000;

function createCircuit(now: () => number, { fewestRequests, fewestCallers }: typeof callerLimits) {
  let failures: readonly Failure[] = [];
  let state: BreakerState = 'closed';
  let openUntil = 0;
  let pauseMs = firstPauseMs;

  function open(): void {
    state = 'open';
    openUntil = now() + pauseMs;
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }

  function countOf(part: keyof Failure): number {
    return new Set(failures.map((failure) => failure[part])).size;
  }

  return {
    state: (): BreakerState => state,
    isRefusing: (): boolean => state === 'half-open' || (state === 'open' && now() < openUntil),
    beginTrial(): boolean {
      if (state !== 'open') return false;
      state = 'half-open';
      return true;
    },
    /** A failed trial call starts a longer pause. After a trial call without evidence, the next call is a trial call. */
    endTrial(isFailing: boolean): void {
      if (isFailing) open();
      else {
        state = 'open';
        openUntil = now();
      }
    },
    /** Counts one failure for each question of a caller. Ignores calls that were in flight when the circuit opened. */
    addFailure(failure: Failure): void {
      if (state !== 'closed') return;
      const { question, fairnessKey } = failure;
      const others = failures.filter(
        (other) =>
          other.at > now() - windowMs && (other.question !== question || other.fairnessKey !== fairnessKey),
      );
      failures = [...others, failure].slice(-mostFailures);
      const isEnough =
        countOf('question') >= fewestQuestions &&
        countOf('requestId') >= fewestRequests &&
        countOf('fairnessKey') >= fewestCallers;
      if (isEnough) open();
    },
  };
}
