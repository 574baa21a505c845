/** What a client tells of the calls that it does not simply make. Knows nothing of what is made of that. */

import type { WaitObserver } from './budget-lines.ts';

/** Listeners; none may throw. Calls that go out have observers of their own. */
export type ClientEvents = {
  /** A call, be it for a page or a token, has waited for its place in the budget. */
  readonly onWaited: WaitObserver;
  /** A call goes out that is not the first for its page: a retry, or a replay after a 401. */
  readonly onRepeat: () => void;
  /** A call was not made because the breaker is open, or because the token endpoint rests after a failure. */
  readonly onBreakerRefusal: (call: 'page' | 'token') => void;
};

/** Nobody listens. */
export const unheardEvents: ClientEvents = {
  onWaited: () => undefined,
  onRepeat: () => undefined,
  onBreakerRefusal: () => undefined,
};

/** Tells the first time apart from those after it: gives what to call each time. */
export function tellingRepeats(onEach: () => void, onRepeat: () => void): () => void {
  let isRepeat = false;
  return () => {
    if (isRepeat) onRepeat();
    isRepeat = true;
    onEach();
  };
}
