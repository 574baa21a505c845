/**
 * Spares an upstream that fails, and its callers the wait for it: after too many failures calls are refused for a
 * while, then one is let through to see. Knows neither HTTP nor which failures are whose.
 *
 * Own code: cockatiel's last release for Node 20 weighs more than this, counts a probe whose client has gone away as
 * an answer, and cannot say "no judgement", which half of our outcomes are.
 */

import { finalFailure } from './final-failure.ts';

/** `open` refuses all; `half-open` has one call under way that decides. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * What a call tells of the upstream. `there`: somebody answered, though not the question: who asks with bad credentials,
 * or too often, learns nothing of how others fare, but a probe so answered has found the upstream at work. `unknown`:
 * nothing, when it was cancelled soon or did not go out.
 */
export type Verdict = 'well' | 'failing' | 'there' | 'unknown';

/** A breaker for one upstream. */
export type Breaker = {
  /** @throws {GatewayError} UPSTREAM_UNAVAILABLE, final, while a call would have no prospect. Decides nothing. */
  readonly refuseIfOpen: () => void;
  /**
   * Makes a call, and judges the upstream by it: `judge` says what an error tells; a call without one tells that all
   * is well. After the pause the first call decides and all others are refused. A call that waits for something of its
   * own asks `refuseIfShut` right before it goes out: the breaker may have opened meanwhile.
   * @throws {GatewayError} as `refuseIfOpen`, without making the call.
   */
  readonly run: <T>(
    call: (refuseIfShut: () => void) => Promise<T>,
    judge: (error: unknown) => Verdict,
  ) => Promise<T>;
  readonly state: () => BreakerState;
  /** Whether any call since this moment, on the breaker's clock, has found the upstream at work. */
  readonly wasWellSince: (moment: number) => boolean;
};

const atWork: readonly Verdict[] = ['well', 'there'];

/** Failures count for half a minute: three calls that time out one after the other at the default of 10 s. */
const windowMs = 30_000;
const sliceMs = 1000;

/** Fewer calls than this show nothing, and one request alone, at two retries a call, must not open it by a hiccup. */
const fewestCalls = 20;
const worstRate = 0.5;

/** Long enough to let a service breathe, short enough to be over before anyone is called out of bed. */
const pauseMs = 5000;

/**
 * A breaker that is closed. `now` is a clock in milliseconds that never goes back; `onRefusal` is told of every call
 * that is refused, and must not throw.
 */
export function createBreaker(now: () => number, onRefusal: () => void = () => undefined): Breaker {
  const record = createRecord(now);
  let state: BreakerState = 'closed';
  let openUntil = 0;
  let lastWellAt = Number.NEGATIVE_INFINITY;

  function open(forMs: number): void {
    state = 'open';
    openUntil = now() + forMs;
  }

  function close(): void {
    state = 'closed';
    record.clear();
  }

  function refuseIf(isShut: boolean): void {
    if (!isShut) return;
    onRefusal();
    throw refusal();
  }

  function refuseIfOpen(): void {
    refuseIf(state === 'half-open' || (state === 'open' && now() < openUntil));
  }

  function learn(verdict: Verdict, isProbe: boolean): void {
    const isAtWork = atWork.includes(verdict);
    if (isAtWork) lastWellAt = now();
    if (isProbe) {
      if (isAtWork) close();
      else open(verdict === 'failing' ? pauseMs : 0);
      return;
    }
    // What was under way when it opened has nothing to add.
    if (state !== 'closed' || verdict === 'unknown' || verdict === 'there') return;
    record.add(verdict === 'failing');
    if (record.isBad()) open(pauseMs);
  }

  return {
    refuseIfOpen,
    async run(call, judge) {
      refuseIfOpen();
      const isProbe = state === 'open';
      if (isProbe) state = 'half-open';
      try {
        const answer = await call(() => refuseIf(!isProbe && state !== 'closed'));
        learn('well', isProbe);
        return answer;
      } catch (error) {
        learn(judge(error), isProbe);
        throw error;
      }
    },
    state: () => state,
    wasWellSince: (moment) => lastWellAt >= moment,
  };
}

function refusal() {
  return finalFailure(
    'UPSTREAM_UNAVAILABLE',
    'The upstream has been failing: no calls are made for a moment.',
  );
}

type Slice = { readonly startedAt: number; calls: number; failures: number };

/** Calls and failures of the window, a second a slice. */
function createRecord(now: () => number) {
  let slices: Slice[] = [];
  function currentSlice(): Slice {
    const last = slices.at(-1);
    if (last !== undefined && now() < last.startedAt + sliceMs) return last;
    const slice: Slice = { startedAt: now(), calls: 0, failures: 0 };
    slices = [...slices.filter(({ startedAt }) => startedAt > now() - windowMs), slice];
    return slice;
  }
  return {
    add(isFailure: boolean): void {
      const slice = currentSlice();
      slice.calls += 1;
      if (isFailure) slice.failures += 1;
    },
    isBad(): boolean {
      const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
      const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
      return calls >= fewestCalls && failures >= calls * worstRate;
    },
    clear(): void {
      slices = [];
    },
  };
}
