/** One call that counts in several budgets. Knows neither whose they are nor why there are several. */

import type { BudgetGate, Place } from './budget-gate.ts';
import type { LineRequest } from './budget-lines.ts';

/** A call that counts in each of these budgets, which must stand in one order for all callers. */
export type RowRequest = Omit<LineRequest, 'credential'> & {
  readonly credentials: readonly [string, ...string[]];
};

/**
 * Passes the gate once for each budget, one after the other, as `BudgetGate.pass` does for one. A place in the first is
 * held while the call waits for the next: in one order for all, so that no two calls wait for each other. Who cannot be
 * served in time by one of them waits in no line.
 */
export async function passRow<T>(
  gate: BudgetGate,
  { credentials, ...request }: RowRequest,
  call: (place: Place) => Promise<T>,
): Promise<T> {
  const [credential, next, ...others] = credentials;
  if (next === undefined) return gate.pass({ ...request, credential }, call);
  for (const later of [next, ...others]) await gate.refuseInVain({ ...request, credential: later });
  return gate.pass({ ...request, credential }, (place) =>
    passRow(gate, { ...request, credentials: [next, ...others] }, (nextPlace) =>
      call({
        onSent() {
          place.onSent();
          nextPlace.onSent();
        },
        onFailed(error) {
          place.onFailed(error);
          nextPlace.onFailed(error);
        },
        isStopped: () => place.isStopped() || nextPlace.isStopped(),
      }),
    ),
  );
}
