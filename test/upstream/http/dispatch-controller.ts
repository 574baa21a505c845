/** What undici hands to the handler of a call, for tests that play undici. */

import type { Dispatcher } from 'undici';

/** Like undici's: an aborted call ends at once, with the error that it was aborted with. */
export const controllerOf = (onAbort: (error: Error) => void) => {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    pause: () => undefined,
    resume: () => undefined,
    abort(error: Error) {
      if (controller.aborted) return;
      controller.aborted = true;
      onAbort(error);
    },
  };
  return controller satisfies Dispatcher.DispatchController;
};
