/** What undici does with the handler of a call, for tests that play undici. */

import type { Dispatcher } from 'undici';

/** Like undici: `connect` hands over the function that aborts the call; an aborted call ends at once, with its error. */
export const playOn = (handler: Dispatcher.DispatchHandler, onAbort: () => void = () => undefined) => {
  const call = {
    aborted: false,
    connect: () =>
      handler.onConnect?.((error = new Error('aborted')) => {
        if (call.aborted) return;
        call.aborted = true;
        onAbort();
        handler.onError?.(error);
      }),
    head: (status: number, headers: Readonly<Record<string, string>> = {}) =>
      handler.onHeaders?.(status, Object.entries(headers).flat().map(Buffer.from), () => undefined, ''),
    data: (text: string) => handler.onData?.(Buffer.from(text)),
    end: () => handler.onComplete?.([]),
  };
  return call;
};
