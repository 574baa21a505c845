/** What readiness rests on, and how each part of it is told. */

import type { UpstreamClient } from '../../upstream/client.ts';
import type { Parts } from '../http/probes.ts';
import type { ReplicaSharing } from './replica-sharing.ts';

/** The parts in the order in which they are told. */
export function readinessOf(
  readiness: { readonly isDraining: boolean },
  upstream: UpstreamClient,
  sharing: ReplicaSharing | undefined,
): Parts {
  return {
    traffic: () =>
      readiness.isDraining ? { state: 'draining', isReady: false } : { state: 'taken', isReady: true },
    credentials: () =>
      upstream.areCredentialsRefused()
        ? { state: 'service credentials refused', isReady: false }
        : { state: 'not refused', isReady: true },
    // Ready all the same: if every replica left while the upstream is away, nobody could say so to the callers.
    breaker: () => ({ state: upstream.breakerState(), isReady: true }),
    // Ready when alone too: a share of the budget is better than none.
    ...(sharing && { sharing: () => ({ state: sharing.state(), isReady: true }) }),
  };
}
