/**
 * Who is good for what: one member for each situation that a client of the endpoint can meet, under an
 * identifier that is easy to remember. The documentation and the control endpoint show this table.
 */

import type { Situation } from './situation.ts';
import { failureSituations } from './situation-failures.ts';
import { filterSituations } from './situation-filters.ts';
import { identitySituations } from './situation-identities.ts';
import { pagingSituations } from './situation-pages.ts';

const unknown: Situation = {
  name: 'unknown',
  identifier: { name: 'mobile', value: '447700900999' },
  shows: 'nobody: refused with 8015',
  member: null,
};

/** All situations, in the order in which they are best explored. */
export const situations: readonly Situation[] = [
  ...pagingSituations,
  ...filterSituations,
  ...identitySituations,
  ...failureSituations,
  unknown,
];
