/** The rate limit: calls of a credential in a sliding window of 60 seconds. */

const windowMs = 60_000;

/** Whether the call is within the limit. If not: after how many whole seconds, at least 1, the next call will be. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

/** Counts the admitted calls. A refused call does not count. */
export type RateWindow = {
  readonly admit: (credential: string) => Admission;
  readonly clear: () => void;
};

/** A window of `callsPerMinute` calls; `Infinity` admits all. `now` is in milliseconds. */
export function createRateWindow(callsPerMinute: number, now: () => number): RateWindow {
  const admitted = new Map<string, number[]>();
  return {
    admit: (credential) => {
      const moment = now();
      const recent = (admitted.get(credential) ?? []).filter((time) => time > moment - windowMs);
      const isAdmitted = recent.length < callsPerMinute;
      // Without a limit it remembers nothing: under load it would hold every call of a minute.
      if (callsPerMinute !== Number.POSITIVE_INFINITY) {
        admitted.set(credential, isAdmitted ? [...recent, moment] : recent);
      }
      return isAdmitted ? { admitted: true } : { admitted: false, retryAfterSeconds: wait(recent, moment) };
    },
    clear: () => admitted.clear(),
  };
}

function wait(recent: readonly number[], moment: number): number {
  const [oldest = moment] = recent;
  return Math.max(1, Math.ceil((oldest + windowMs - moment) / 1000));
}
