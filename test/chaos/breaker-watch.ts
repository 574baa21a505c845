/** Whether a breaker opened for good reason: by what its replica's calls had come to at the door. Pure. */

import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import type { Sample } from './evidence.ts';
import { predict } from './predictions.ts';

const faultOfUpstream = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_BAD_RESPONSE'];

/** What the breaker looks back on, and how late it may have been seen open, in milliseconds. */
const lookBackMs = 30_000 + 1500;

/** Fewer than the breaker's own ten: connection failures before the door cannot be seen here. */
const fewestFailures = 4;

/** Openings that the door knows no reason for. `replicaOf` tells whose call one was. */
export function unreasonedOpenings(
  samples: readonly Sample[],
  calls: readonly Call[],
  replicaOf: (call: Call) => number,
): readonly string[] {
  return openings(samples).flatMap(({ at, replica }) => {
    const recent = calls.filter(
      (call) => replicaOf(call) === replica && (call.endedAt ?? at) > at - lookBackMs && call.startedAt <= at,
    );
    const failures = recent.filter((call) => faultOfUpstream.includes(predict(call)));
    return failures.length >= fewestFailures
      ? []
      : [
          `the breaker of replica ${replica} opened after ${failures.length} failures in ${recent.length} calls`,
        ];
  });
}

/** The samples at which a breaker that had been closed no longer was. */
export function openings(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter((sample, index) => {
    const before = samples.slice(0, index).findLast(({ replica }) => replica === sample.replica);
    return sample.breaker !== 'closed' && before?.breaker === 'closed';
  });
}
