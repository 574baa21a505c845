/** The way through the budgets: a fair line before each credential's. Knows neither calls nor how budgets are counted. */

import { setMaxListeners } from 'node:events';
import { GatewayError } from '../errors.ts';
import {
  type BudgetLine,
  createBudgetLine,
  type PlaceRequest,
  type ReleasePlace,
  refuseIfVain,
} from './budget-line.ts';
import type { CallBudget } from './call-budget.ts';
import { isFinal } from './final-failure.ts';
import { isUnsent } from './transport-failure.ts';

/** A call that wants to go out. */
export type GateRequest = PlaceRequest & { readonly credential: string };

/** How a wait for a place ended: with one, with a refusal, or because nobody waited any more. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Is told of every wait for a place, also of those that took no time. Must not throw. */
export type WaitObserver = (outcome: WaitOutcome, waitedMs: number) => void;

/** A place in the budget, as the call that holds it sees it. */
export type Place = {
  /** To be called right before the call goes out: until then the place costs nothing. */
  readonly onSent: () => void;
  /** Whether the upstream has said since that it takes no more calls: a call not yet sent should give its place back. */
  readonly isStopped: () => boolean;
};

/** The gate before all calls of a process. */
export type BudgetGate = {
  /**
   * Waits for a place in the budget, makes the call, and gives the place back when that has ended. One for which no
   * connection came about costs nothing. When the upstream answers that it takes no more calls, nobody with the same
   * credential gets a place until then.
   * @throws what `BudgetLine.wait` throws, and whatever the call does. RATE_LIMITED carries the longer of two waits: the
   * upstream's, and that for the next place.
   */
  readonly pass: <T>(request: GateRequest, call: (place: Place) => Promise<T>) => Promise<T>;
  /** @throws {GatewayError} RATE_LIMITED, as `pass` would at once, if it is known that no place comes in time. */
  readonly refuseInVain: (request: Pick<GateRequest, 'credential' | 'deadlineAt'>) => Promise<void>;
  /** Tells at once who waits in vain by now, as when deadlines were drawn in. */
  readonly lookAgain: () => void;
  /** How many wait, of all credentials together. */
  readonly waiting: () => number;
};

/** A gate before these budgets. `now` is a clock in milliseconds that never goes back. */
export function createBudgetGate(
  budget: CallBudget,
  now: () => number,
  onWaited: WaitObserver = () => undefined,
): BudgetGate {
  const lines = new Map<string, BudgetLine>();
  const stops = createStops(now);

  async function waitInLine({ credential, ...request }: GateRequest): Promise<ReleasePlace> {
    request.signal.throwIfAborted();
    setMaxListeners(0, request.signal);
    const line = lines.get(credential) ?? createBudgetLine(budget, credential, now);
    lines.set(credential, line);
    const since = now();
    const tell = (outcome: WaitOutcome) => onWaited(outcome, now() - since);
    try {
      const release = await line.wait(request);
      tell('granted');
      return release;
    } catch (error) {
      tell(error === request.signal.reason ? 'left' : 'refused');
      throw error;
    } finally {
      if (line.length() === 0 && lines.get(credential) === line) lines.delete(credential);
    }
  }

  /** Those who wait already learn at once whether that is now in vain. Gives what to tell whose call it was. */
  async function obey(credential: string, error: GatewayError): Promise<GatewayError> {
    // Of a call that counts in several budgets: the wait for a place in another is none of this one's.
    const upstreams = error.cause instanceof GatewayError ? error.cause : error;
    budget.block(credential, secondsOf(upstreams) * 1000);
    stops.add(credential, secondsOf(upstreams) * 1000);
    lines.get(credential)?.stir();
    const [waitMs = 0] = await budget.waitsMs(credential, 1);
    const seconds = Math.ceil(waitMs / 1000);
    return seconds > secondsOf(error) ? limited(seconds, upstreams) : error;
  }

  return {
    async pass(request, call) {
      const release = await waitInLine(request);
      let wasSent = false;
      try {
        return await call({
          onSent() {
            wasSent = true;
          },
          isStopped: () => stops.has(request.credential),
        });
      } catch (error) {
        wasSent &&= !isUnsent(error);
        throw isUpstreamsLimit(error) ? await obey(request.credential, error) : error;
      } finally {
        release(wasSent);
        if (!wasSent) lines.get(request.credential)?.stir();
      }
    },
    async refuseInVain({ credential, deadlineAt }) {
      const waits = await budget.waitsMs(credential, (lines.get(credential)?.length() ?? 0) + 1);
      refuseIfVain(waits.at(-1) ?? 0, deadlineAt() - now());
    },
    lookAgain() {
      for (const line of lines.values()) line.stir();
    },
    waiting: () => [...lines.values()].reduce((sum, line) => sum + line.length(), 0),
  };
}

/** Which credentials the upstream has stopped, as far as this process was told so itself. */
function createStops(now: () => number) {
  const until = new Map<string, number>();
  return {
    add(credential: string, forMs: number): void {
      for (const [stopped, end] of until) if (end <= now()) until.delete(stopped);
      until.set(credential, Math.max(until.get(credential) ?? 0, now() + forMs));
    },
    has: (credential: string) => now() < (until.get(credential) ?? Number.NEGATIVE_INFINITY),
  };
}

/** Our own refusals are final: they tell of waits, not of the upstream. */
function isUpstreamsLimit(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'RATE_LIMITED' && !isFinal(error);
}

function secondsOf({ details }: GatewayError): number {
  return details.retryAfter ?? 0;
}

function limited(retryAfter: number, cause: GatewayError): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `The upstream takes no more calls, and the budget has no place, for ${retryAfter} s.`,
    { retryAfter, cause },
  );
}
