/** The situations in which something fails: one member for each kind of failure, so that no fault need be switched on. */

import type { Fault } from '../faults/faults.ts';
import { makeSituation, plainAccount, type Situation } from './situation.ts';

/** Members about whom the endpoint always fails in the same way, from the mildest on. */
export const failureSituations: readonly Situation[] = [
  failing(41, 'slow', 'answers after two seconds: for what is shown while loading', {
    kind: 'latency',
    ms: 2000,
  }),
  failing(42, 'second-page-fails', '20 entries, of which only the first page can be read: 503 beyond it', {
    kind: 'server-error',
    pageNumber: 1,
  }),
  failing(43, 'rate-limited', '429, to be tried again after a second', {
    kind: 'rate-limited',
    retryAfter: 1,
  }),
  failing(44, 'unavailable', '503', { kind: 'server-error' }),
  failing(45, 'no-answer', 'never answers', { kind: 'hang' }),
  failing(46, 'garbled', '200 with an HTML page', { kind: 'html' }),
  failing(47, 'refused', 'refused with 1632', { kind: 'refusal', code: 1632 }),
];

function failing(number: number, name: string, shows: string, fault: Fault): Situation {
  const ledger = Array.from({ length: 20 }, (_, place) => plainAccount(`Category ${place + 1}`, '10.000'));
  return makeSituation(number, name, shows, { faults: [fault], ledger });
}
