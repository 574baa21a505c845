/**
 * Refuses calls for a moment while the upstream fails. Knows neither HTTP nor which failures are the upstream's fault.
 *
 * Background. Some questions fail for their own sake: the upstream resets the connection, answers 5xx or never answers
 * for one customer, and serves all others. Whoever asks such questions must not shut out anybody else.
 *
 * Need. A real outage must be noticed after few calls. But a burst of failing questions between two good answers looks
 * just like the beginning of an outage.
 *
 * Trick. Failures count by question, so that pages and retries of one question are one failure; and only since the last
 * answer. There is one circuit for each caller, which opens on questions of several requests, and one for everybody,
 * which opens on questions of several callers. Any answer closes them. While a circuit is open, a question that was
 * answered a moment ago still goes out until it fails itself, and every pause ends with one trial call.
 *
 * Cost. An upstream that fails for one question only, or for some calls and not for others, opens nothing: its callers
 * wait for each failure. Callers who share an address share a circuit.
 *
 * Own code: cockatiel's last release for Node 20 weighs more than this, counts a probe whose client has gone away as
 * an answer, and cannot say "no judgement", which half of our outcomes are.
 */

import { type BreakerState, type Circuit, createCircuit } from './circuit.ts';
import { ownRefusal } from './failure.ts';

export type { BreakerState } from './circuit.ts';

/**
 * What a call tells of the upstream. `there`: it answered, but not the question: a trial call so answered has found the
 * upstream at work. `unknown`: nothing, when the call was cancelled soon or did not go out.
 */
export type Verdict = 'well' | 'failing' | 'there' | 'unknown';

/** A call as the breaker sees it. */
export type Asked = {
  /** The fairness key: who calls the gateway, as far as addresses tell. */
  readonly caller: string;
  /** The id of the incoming HTTP request. */
  readonly requestId: string;
  /** What is asked: customer and filter. Its pages and retries are the same question. */
  readonly question: string;
};

/** A breaker for one upstream. */
export type Breaker = {
  /** @throws {GatewayError} UPSTREAM_UNAVAILABLE, not to be tried again, while such a call would be refused. Decides nothing. */
  readonly refuseIfOpen: (asked: Asked) => void;
  /**
   * Makes a call, and judges the upstream by it: `judge` says what an error tells; a call without one tells that all
   * is well. A call that waits for something of its own calls `refuseIfShut` right before it goes out: the breaker may
   * have opened meanwhile.
   * @throws {GatewayError} as `refuseIfOpen`, without making the call.
   */
  readonly run: <T>(
    asked: Asked,
    call: (refuseIfShut: () => void) => Promise<T>,
    judge: (error: unknown) => Verdict,
  ) => Promise<T>;
  /** The state that everybody is in; or that of the last caller who was shut out, if nobody was answered since. */
  readonly state: () => BreakerState;
  /** Whether any call since this moment, on the breaker's clock, has found the upstream at work. */
  readonly wasWellSince: (moment: number) => boolean;
};

/** More failing questions than one page of a list shows; few enough that an outage costs little. */
const fewestQuestions = 10;
/** One request may ask for fifty odd customers: it shuts out nobody, its own caller included. */
const fewestRequests = 2;
/** One more than a client that changes its address once. */
const fewestCallers = 3;

/** Callers with failures that are remembered. A forgotten one starts anew, so that the memory is bounded. */
const mostCallers = 1000;

/** A closed breaker. `now` is the monotonic clock in ms; `onRefusal` is called for each refused call, and must not throw. */
export function createBreaker(now: () => number, onRefusal: () => void = () => undefined): Breaker {
  const answered = createAnsweredQuestions(now);
  const circuits = createCircuits(now);
  let lastWellAt = Number.NEGATIVE_INFINITY;

  function refuseIf(isShut: boolean): void {
    if (!isShut) return;
    onRefusal();
    throw ownRefusal(
      'UPSTREAM_UNAVAILABLE',
      'The upstream has been failing: no calls are made for a moment.',
    );
  }

  function refuseIfOpen({ caller, question }: Asked): void {
    refuseIf(!answered.has(question) && circuits.of(caller).some((circuit) => circuit.isShut()));
  }

  function learn(verdict: Verdict, asked: Asked, trials: readonly Circuit[]): void {
    const isAnswer = verdict === 'well' || verdict === 'there';
    if (isAnswer) lastWellAt = now();
    if (verdict === 'well') answered.add(asked.question);
    if (verdict === 'well' || (isAnswer && trials.length > 0)) circuits.close(asked.caller);
    else for (const trial of trials) trial.endTrial(verdict === 'failing');
    if (verdict !== 'failing') return;
    answered.delete(asked.question);
    circuits.addFailure(asked);
  }

  return {
    refuseIfOpen,
    async run(asked, call, judge) {
      refuseIfOpen(asked);
      const { caller, question } = asked;
      const trials = answered.has(question)
        ? []
        : circuits.of(caller).filter((circuit) => circuit.beginTrial());
      const isShut = () =>
        !answered.has(question) && circuits.of(caller).some((circuit) => circuit.state() !== 'closed');
      try {
        const answer = await call(() => refuseIf(trials.length === 0 && isShut()));
        learn('well', asked, trials);
        return answer;
      } catch (error) {
        learn(judge(error), asked, trials);
        throw error;
      }
    },
    state: circuits.state,
    wasWellSince: (moment) => lastWellAt >= moment,
  };
}

/** The circuit of everybody, and those of callers with failures. */
function createCircuits(now: () => number) {
  const createShared = () => createCircuit(now, { fewestQuestions, fewestCallers });
  const callers = new Map<string, Circuit>();
  let shared = createShared();
  let lastOpened: Circuit | undefined;

  function circuitOf(caller: string): Circuit {
    const circuit = callers.get(caller) ?? createCircuit(now, { fewestQuestions, fewestRequests });
    callers.set(caller, circuit);
    forgetOldest(callers, mostCallers);
    return circuit;
  }

  return {
    of(caller: string): readonly Circuit[] {
      const own = callers.get(caller);
      return own === undefined ? [shared] : [shared, own];
    },
    addFailure(asked: Asked): void {
      for (const circuit of [shared, circuitOf(asked.caller)]) {
        circuit.addFailure({ ...asked, at: now() });
        if (circuit.state() === 'open') lastOpened = circuit;
      }
    },
    /** The caller was answered. */
    close(caller: string): void {
      if (!shared.isUntouched()) shared = createShared();
      callers.delete(caller);
      lastOpened = undefined;
    },
    state: () => (shared.state() === 'closed' ? (lastOpened ?? shared).state() : shared.state()),
  };
}

/** Questions stay known for as long as failures count. */
const answeredForMs = 30_000;
const mostAnswered = 1000;

/** The questions that were answered last and have not failed since: bounded, the least recent is forgotten first. */
function createAnsweredQuestions(now: () => number) {
  const answeredAt = new Map<string, number>();
  return {
    has: (question: string) => (answeredAt.get(question) ?? Number.NEGATIVE_INFINITY) > now() - answeredForMs,
    add(question: string): void {
      answeredAt.delete(question);
      answeredAt.set(question, now());
      forgetOldest(answeredAt, mostAnswered);
    },
    delete: (question: string) => answeredAt.delete(question),
  };
}

function forgetOldest(entries: Map<string, unknown>, most: number): void {
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}
