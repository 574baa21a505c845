/** The way through the budgets: a fair line before each credential's. Knows neither calls nor how budgets are counted. */

import { setMaxListeners } from 'node:events';
import { GatewayError } from '../errors.ts';
import { type BudgetLine, createBudgetLine, type PlaceRequest, type ReleasePlace } from './budget-line.ts';
import type { CallBudget } from './call-budget.ts';
import { isFinal } from './final-failure.ts';
import { isUnsent } from './transport-failure.ts';

/** A call that wants to go out. */
export type GateRequest = PlaceRequest & { readonly credential: string };

/** How a wait for a place ended: with one, with a refusal, or because nobody waited any more. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Is told of every wait for a place, also of those that took no time. Must not throw. */
export type WaitObserver = (outcome: WaitOutcome, waitedMs: number) => void;

/** The gate before all calls of a process. */
export type BudgetGate = {
  /**
   * Waits for a place in the budget, makes the call, and gives the place back when that has ended. `call` is told how
   * to say that it goes out; until then its place costs nothing, and neither does one for which no connection came
   * about. When the upstream answers that it takes no more calls, nobody with the same credential calls until then.
   * @throws what `BudgetLine.wait` throws, and whatever the call does. RATE_LIMITED carries the longer of two waits: the
   * upstream's, and that for the next place.
   */
  readonly pass: <T>(request: GateRequest, call: (onSent: () => void) => Promise<T>) => Promise<T>;
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
    const line = lines.get(credential);
    line?.stir();
    const waits = await budget.waitsMs(credential, (line?.length() ?? 0) + 1);
    const seconds = Math.ceil((waits.at(-1) ?? 0) / 1000);
    return seconds > secondsOf(error) ? limited(seconds, upstreams) : error;
  }

  return {
    async pass(request, call) {
      const release = await waitInLine(request);
      let wasSent = false;
      try {
        return await call(() => {
          wasSent = true;
        });
      } catch (error) {
        wasSent &&= !isUnsent(error);
        throw isUpstreamsLimit(error) ? await obey(request.credential, error) : error;
      } finally {
        release(wasSent);
        if (!wasSent) lines.get(request.credential)?.stir();
      }
    },
    lookAgain() {
      for (const line of lines.values()) line.stir();
    },
    waiting: () => [...lines.values()].reduce((sum, line) => sum + line.length(), 0),
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
