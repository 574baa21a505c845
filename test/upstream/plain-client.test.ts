/** A client without listeners, as the check of an upstream uses it: all stages work without them. */

import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/upstream/breaker.ts';
import { ignoredEvents } from '../../src/upstream/observe.ts';

describe('without listeners', () => {
  it('ignores refusals of the breaker and all other events', () => {
    const breaker = createBreaker(() => 0);
    for (let index = 0; index < 10; index += 1) {
      const asked = { fairnessKey: 'c', requestId: `r${index}`, question: `q${index}` };
      breaker.end(asked, breaker.begin(asked), 'upstream');
    }
    expect(() => breaker.refuseIfOpen({ fairnessKey: 'c', requestId: 'r', question: 'q' })).toThrow(
      'failing',
    );
    expect([
      ignoredEvents.onWaited('granted', 0),
      ignoredEvents.onSent('page'),
      ignoredEvents.onEnded('page', 'OK', 0),
      ignoredEvents.onRepeat(),
      ignoredEvents.onBreakerRefusal('page'),
    ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
