/**
 * Counts calls per credential over a sliding 60 seconds, as the endpoint's rate limit does. Takes its clock
 * from outside.
 */

const windowMs = 60_000;

/** Whether a call is within the limit, and if not, in how many whole seconds (at least 1) one will be. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

/** Counts calls. A refused call is not counted: only admitted ones use up the window. */
export type RateWindow = {
  readonly admit: (credential: string) => Admission;
  readonly clear: () => void;
};

/** A window of `callsPerMinute` admitted calls; `Infinity` admits all. `now` is in milliseconds. */
export function createRateWindow(callsPerMinute: number, now: () => number): RateWindow {
  const admitted = new Map<string, number[]>();
  return {
    admit: (credential) => {
      const moment = now();
      const recent = (admitted.get(credential) ?? []).filter((time) => time > moment - windowMs);
      const isAdmitted = recent.length < callsPerMinute;
      // Nothing is remembered without a limit: a sandbox under load would remember every call for a minute.
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
