/**
 * Refuses requests while the process has more to do than it can, before it does anything for them. Knows nothing of what
 * is asked.
 *
 * Background. An overloaded process answers all requests late, and at last none: its heap is full, and probes time out. A
 * client that is refused at once can go to another replica, or come back.
 *
 * Three measures, each with a limit: the delay of the event loop, the use of the heap, and what requests in flight hold.
 * The delay counts as a mean over about a second. One long turn is over when it is measured, and refusing requests that
 * waited for it helps no one. Under load, short turns in which requests are read follow long ones in which they are served.
 *
 * Some requests are served all the same. While the loop is late, a few between two reports: else one client with
 * expensive operations would shut out others with cheap ones. While the heap is full, a few at once: V8 collects its
 * garbage only while there is work, and the heap would stay full.
 */
import type { RequestListener } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createInFlight, type InFlightLimits, type InFlightReason } from './in-flight.ts';
import type { Refusal, Refuse } from './plain-error.ts';
import { withoutQuery } from './request-target.ts';

/** From which values on requests are refused. */
export type OverloadLimits = InFlightLimits & {
  /** Delay of the event loop, in milliseconds. */
  readonly loopDelayMs: number;
  /** Used heap, in percent of what V8 allows. */
  readonly heapPercent: number;
};

/** The load of the process at one moment, in the same units. */
export type ProcessLoad = Pick<OverloadLimits, 'loopDelayMs' | 'heapPercent'>;

/** What there is too much of. */
type OverloadReason = 'loop-delay' | 'heap' | InFlightReason;

/** What the guard needs. */
export type OverloadDeps = {
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly refuse: Refuse;
  readonly metrics: Pick<Metrics, 'countShedRequest' | 'watchRequests'>;
  /** Requests for these paths always pass, so that probes and scrapes see an overloaded process. */
  readonly operatorPaths: readonly string[];
};

/** The guard against overload. */
export type Overload = {
  /** Passes requests on to a listener, or answers 503 with OVERLOADED. */
  readonly guard: (listener: RequestListener) => RequestListener;
  /** Takes the load, some times a second. Until the first report there is none. */
  readonly report: (load: ProcessLoad) => void;
};

/** How many requests are served at once, or between two reports, whatever the load. */
const alwaysServed = 8;

/** The mean is taken over so many milliseconds, by weights that fall with age. */
const meanOverMs = 1000;

/** How long a client should wait, in seconds: longer than a garbage collection, and than a burst. */
const retryAfter = 2;

const overloaded: Refusal = {
  status: 503,
  code: 'OVERLOADED',
  message: 'There is more to do than this gateway can do at once',
  details: { retryAfter },
  headers: { 'retry-after': String(retryAfter) },
};

/** Builds the guard. */
export function createOverload(limits: OverloadLimits, deps: OverloadDeps): Overload {
  const { now, refuse, metrics, operatorPaths } = deps;
  const { judge, report } = createJudge(limits, now);
  const inFlight = createInFlight(limits);
  metrics.watchRequests(inFlight.usage);
  return {
    report,
    guard: (listener) => (request, response) => {
      const arrival = inFlight.arrivalOf(request);
      const isExempt = operatorPaths.includes(withoutQuery(request.url ?? ''));
      const reason = isExempt ? undefined : (inFlight.refusalOf(arrival) ?? judge(inFlight.usage().requests));
      if (reason !== undefined) {
        metrics.countShedRequest(reason);
        return refuse(request, response, overloaded, { overload: reason });
      }
      inFlight.add(arrival, 1);
      response.once('close', () => inFlight.add(arrival, -1));
      return listener(request, response);
    },
  };
}

/**
 * Decides by the last report. Each measure must fall well below its limit before requests are served again, or every other
 * report would change the answer.
 */
function createJudge(limits: ProcessLoad, now: () => number) {
  let reportedAt = now();
  let meanDelayMs = 0;
  let isLate = false;
  let isFull = false;
  let servedSinceReport = 0;
  return {
    report({ loopDelayMs, heapPercent }: ProcessLoad): void {
      const weight = 1 - Math.exp((reportedAt - now()) / meanOverMs);
      reportedAt = now();
      servedSinceReport = 0;
      // More than twice the limit says no more, and would take longer to be forgotten.
      meanDelayMs += weight * (Math.min(loopDelayMs, 2 * limits.loopDelayMs) - meanDelayMs);
      isLate = meanDelayMs >= (isLate ? limits.loopDelayMs / 2 : limits.loopDelayMs);
      isFull = heapPercent >= (isFull ? limits.heapPercent - 10 : limits.heapPercent);
    },
    /** Why the next request must be refused; undefined when it is served. */
    judge(inFlight: number): OverloadReason | undefined {
      if (isFull && inFlight >= alwaysServed) return 'heap';
      if (isLate && servedSinceReport >= alwaysServed) return 'loop-delay';
      servedSinceReport += 1;
      return undefined;
    },
  };
}

/** Milliseconds between two measurements. */
const periodMs = 100;

/**
 * Reports the load of this process ten times a second until it ends. The report itself comes as late as anything else that
 * the event loop has to do. Costs some microseconds each.
 */
export function watchProcessLoad(report: (load: ProcessLoad) => void): void {
  let dueAt = performance.now() + periodMs;
  setInterval(() => {
    const now = performance.now();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    report({ loopDelayMs: Math.max(0, now - dueAt), heapPercent: (100 * used) / limit });
    dueAt = now + periodMs;
  }, periodMs).unref();
}
