/** A line before the budget of each credential, while anybody waits for it. Knows neither calls nor how budgets are counted. */

import { setMaxListeners } from 'node:events';
import { type BudgetLine, createBudgetLine, type PlaceRequest, type ReleasePlace } from './budget-line.ts';
import type { CallBudget } from './call-budget.ts';

/** A call that wants to go out. */
export type LineRequest = PlaceRequest & { readonly credential: string };

/** How a wait for a place ended: with one, with a refusal, or because nobody waited any more. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Is told of every wait for a place, also of those that took no time. Must not throw. */
export type WaitObserver = (outcome: WaitOutcome, waitedMs: number) => void;

/** All lines of a process. */
export type BudgetLines = {
  /**
   * Waits for a place.
   * @throws what `BudgetLine.wait` throws.
   */
  readonly wait: (request: LineRequest) => Promise<ReleasePlace>;
  /** `BudgetLine.stir` of one. */
  readonly stir: (credential: string) => void;
  readonly stirAll: () => void;
  /** How many wait in one. */
  readonly lengthOf: (credential: string) => number;
  /** How many wait in all. */
  readonly length: () => number;
};

/** Lines in which nobody waits. `now` is a clock in milliseconds that never goes back. */
export function createBudgetLines(
  budget: CallBudget,
  now: () => number,
  onWaited: WaitObserver,
): BudgetLines {
  const lines = new Map<string, BudgetLine>();

  async function wait({ credential, ...request }: LineRequest): Promise<ReleasePlace> {
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

  return {
    wait,
    stir: (credential) => lines.get(credential)?.stir(),
    stirAll() {
      for (const line of lines.values()) line.stir();
    },
    lengthOf: (credential) => lines.get(credential)?.length() ?? 0,
    length: () => [...lines.values()].reduce((sum, line) => sum + line.length(), 0),
  };
}
