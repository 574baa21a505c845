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
import { type Blames, ownRefusal } from './failure.ts';

export type { BreakerState } from './circuit.ts';

/**
 * What a call shows of the upstream: that it answered, or what its failure blames. An answer to another question, or from
 * what stands before the upstream (`edge`), shows it at work to a trial call alone.
 */
export type Shown = 'answered' | Blames;

/** A call that goes out. */
export type BreakerCall = {
  /** The call has ended, and shows this. Once. */
  readonly end: (shown: Shown) => void;
};

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
   * To be called right before a call goes out, which may become the trial call.
   * @throws {GatewayError} as `refuseIfOpen`.
   */
  readonly begin: (asked: Asked) => BreakerCall;
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

  function refuseIfOpen({ caller, question }: Asked): void {
    if (answered.has(question) || !circuits.of(caller).some((circuit) => circuit.isShut())) return;
    onRefusal();
    throw ownRefusal(
      'UPSTREAM_UNAVAILABLE',
      'The upstream has been failing: no calls are made for a moment.',
    );
  }

  function learn(shown: Shown, asked: Asked, trials: readonly Circuit[]): void {
    const isAnswered = shown === 'answered' || shown === 'question';
    const isAtWork = isAnswered || shown === 'edge';
    if (isAtWork) lastWellAt = now();
    if (isAnswered) answered.add(asked.question);
    if (isAnswered || (isAtWork && trials.length > 0)) circuits.close(asked.caller);
    else for (const trial of trials) trial.endTrial(shown === 'upstream');
    if (shown !== 'upstream') return;
    answered.delete(asked.question);
    circuits.addFailure(asked);
  }

  return {
    refuseIfOpen,
    begin(asked) {
      refuseIfOpen(asked);
      const isKnown = answered.has(asked.question);
      const trials = isKnown ? [] : circuits.of(asked.caller).filter((circuit) => circuit.beginTrial());
      return { end: (shown) => learn(shown, asked, trials) };
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
