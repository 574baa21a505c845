/**
 * Refuses calls for a moment while the upstream fails. Knows neither HTTP nor which failures are the upstream's fault.
 *
 * Background. Some questions fail for their own sake: the upstream resets the connection, answers 5xx or never answers
 * for one customer, and serves all others. A caller who asks such questions must not shut out others.
 *
 * Need. A real outage must be noticed after few calls. But a burst of failing questions between two good answers looks
 * just like the beginning of an outage.
 *
 * Trick. Failures count by question, so that pages and retries of one question are one failure; and only since the last
 * answer. Each caller has one circuit, which opens on questions of several requests. Another circuit, for everybody, opens on
 * questions of several callers. Any answer closes them. While a circuit is open, a question that was answered a moment ago
 * still goes out until it fails itself, and every pause ends with one trial call.
 *
 * Cost. An upstream that fails for one question only, or for some calls and not for others, opens nothing: its callers
 * wait for each failure. Callers who share an address share a circuit.
 *
 * Own code: cockatiel's last release for Node 20 weighs more than this, counts a probe whose client has gone away as
 * an answer, and cannot say "no judgement", which half of our outcomes are.
 */

import { type Blames, ownRefusal } from './failure.ts';

/** `open` refuses all but a trial call at the end of each pause; `half-open` has that call in flight. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * What a call shows of the upstream: that it answered, or what its failure blames. A refusal from what stands before the
 * upstream (`edge`) ends the pause of a trial call, and counts for nothing else.
 */
export type Shown = 'answered' | Blames;

/** A call as the breaker sees it. */
export type Asked = {
  /** Who calls the gateway, as far as addresses tell. */
  readonly fairnessKey: string;
  /** The id of the incoming HTTP request. */
  readonly requestId: string;
  /** What is asked: customer and filter. Its pages and retries are the same question. */
  readonly question: string;
};

/** The circuits that a call is the trial of; none as a rule. */
export type Trials = readonly Circuit[];

/** A breaker for one upstream. */
export type Breaker = ReturnType<typeof createBreaker>;

/** More failing questions than one page of a list shows; few enough that an outage costs little. */
const fewestQuestions = 10;
/** One request may ask for some fifty customers. Alone it opens no circuit, not even its own caller's. */
const ofCaller = { fewestRequests: 2, fewestCallers: 1 };
/** One more caller than a client that changes its address once. */
const ofEverybody = { fewestRequests: 1, fewestCallers: 3 };

/** Bounds the memory. A caller beyond it, the one that failed first, starts anew. */
const mostCallers = 1000;

const noTrials: Trials = [];
const refusal = 'The upstream has been failing: no calls are made for a moment.';

/** A closed breaker. `now` is the monotonic clock in ms; `onRefusal` is called for each refused call, and must not throw. */
export function createBreaker(now: () => number, onRefusal: () => void = () => undefined) {
  const answered = createAnsweredQuestions(now);
  const callers = new Map<string, Circuit>();
  let everybody: Circuit | undefined;
  let lastOpened: Circuit | undefined;
  let lastWellAt = Number.NEGATIVE_INFINITY;

  /** @throws {CallFailure} UPSTREAM_UNAVAILABLE, not to be tried again, while such a call is refused. Changes nothing. */
  function refuseIfOpen({ fairnessKey, question }: Asked): void {
    const isShut = everybody?.isShut() || callers.get(fairnessKey)?.isShut();
    if (!isShut || answered.has(question)) return;
    onRefusal();
    throw ownRefusal('UPSTREAM_UNAVAILABLE', refusal);
  }

  function addFailure(asked: Asked): void {
    answered.delete(asked.question);
    everybody ??= createCircuit(now, ofEverybody);
    const own = callers.get(asked.fairnessKey) ?? createCircuit(now, ofCaller);
    callers.set(asked.fairnessKey, own);
    forgetOldest(callers, mostCallers);
    for (const circuit of [everybody, own]) {
      circuit.addFailure({ ...asked, at: now() });
      if (circuit.state() === 'open') lastOpened = circuit;
    }
  }

  return {
    refuseIfOpen,
    /**
     * Must be called right before a call goes out, which may become the trial call. `end` must follow.
     * @throws {CallFailure} as `refuseIfOpen`.
     */
    begin(asked: Asked): Trials {
      refuseIfOpen(asked);
      if (everybody === undefined && !callers.has(asked.fairnessKey)) return noTrials;
      if (answered.has(asked.question)) return noTrials;
      const circuits = [everybody, callers.get(asked.fairnessKey)].filter((circuit) => circuit !== undefined);
      return circuits.filter((circuit) => circuit.beginTrial());
    },
    /** The call has ended. Must be called once, with the trials that `begin` returned. */
    end(asked: Asked, trials: Trials, shown: Shown): void {
      const isAnswered = shown === 'answered' || shown === 'question';
      const isAtWork = isAnswered || shown === 'edge';
      if (isAtWork) lastWellAt = now();
      if (isAnswered) answered.add(asked.question);
      if (isAnswered || (isAtWork && trials.length > 0)) {
        everybody = undefined;
        lastOpened = undefined;
        callers.delete(asked.fairnessKey);
      } else for (const trial of trials) trial.endTrial(shown === 'upstream');
      if (shown === 'upstream') addFailure(asked);
    },
    /** The state for everybody; or that of the circuit that opened last, if there was no answer since. */
    state(): BreakerState {
      const ofAll = everybody?.state() ?? 'closed';
      return ofAll === 'closed' ? (lastOpened?.state() ?? 'closed') : ofAll;
    },
    /** Whether any call since this moment, on the breaker's clock, has found the upstream at work. */
    wasWellSince: (moment: number) => lastWellAt >= moment,
  };
}

/** Failures and answered questions count for half a minute: three calls that time out in turn at the default of 10 s. */
const windowMs = 30_000;
const mostAnswered = 1000;

/** The questions that were answered last and have not failed since. Bounded: the least recent is forgotten first. */
function createAnsweredQuestions(now: () => number) {
  const answeredAt = new Map<string, number>();
  return {
    has: (question: string) => (answeredAt.get(question) ?? Number.NEGATIVE_INFINITY) > now() - windowMs,
    add(question: string): void {
      answeredAt.delete(question);
      answeredAt.set(question, now());
      forgetOldest(answeredAt, mostAnswered);
    },
    delete: (question: string) => answeredAt.delete(question),
  };
}

function forgetOldest(entries: Map<string, unknown>, most: number): void {
  if (entries.size <= most) return;
  const [oldest = ''] = entries.keys();
  entries.delete(oldest);
}

type Failure = Asked & { readonly at: number };

/** Failures since the last answer, and whether they are enough to refuse calls. An answer ends it: it is dropped then. */
type Circuit = ReturnType<typeof createCircuit>;

/** More failures than the limits need: bounds the memory. */
const mostFailures = 50;

/** Short at first, for the upstream may be well; doubled up to a time in which a service can recover. */
const firstPauseMs = 500;
const longestPauseMs = 5000;

function createCircuit(now: () => number, { fewestRequests, fewestCallers }: typeof ofCaller) {
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
    isShut: (): boolean => state === 'half-open' || (state === 'open' && now() < openUntil),
    beginTrial(): boolean {
      if (state !== 'open') return false;
      state = 'half-open';
      return true;
    },
    /** A trial call that failed starts a longer pause. After one that showed nothing, the next call is the trial. */
    endTrial(isFailing: boolean): void {
      if (isFailing) open();
      else {
        state = 'open';
        openUntil = now();
      }
    },
    /** One question of one caller is one failure. Calls that were in flight when it opened add nothing. */
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
