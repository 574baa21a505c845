/** One call that counts in several budgets. Knows neither whose they are nor why there are several. */

import type { BudgetGate, GateRequest } from './budget-gate.ts';

/** A call that counts in each of these budgets, which must stand in one order for all callers. */
export type RowRequest = Omit<GateRequest, 'credential'> & {
  readonly credentials: readonly [string, ...string[]];
};

/**
 * Passes the gate once for each budget, one after the other, as `BudgetGate.pass` does for one. A place in the first is
 * held while the call waits for the next: in one order for all, so that no two calls wait for each other.
 */
export function passRow<T>(
  gate: BudgetGate,
  { credentials: [credential, next, ...others], ...request }: RowRequest,
  call: (onSent: () => void) => Promise<T>,
): Promise<T> {
  if (next === undefined) return gate.pass({ ...request, credential }, call);
  return gate.pass({ ...request, credential }, (onSent) =>
    passRow(gate, { ...request, credentials: [next, ...others] }, (onSentInNext) =>
      call(() => {
        onSent();
        onSentInNext();
      }),
    ),
  );
}
