/**
 * Turns requests away while the process has more to do than it can, before it does anything for them. Knows nothing of
 * what is asked.
 *
 * Background. A process that takes more than it can do answers everybody late, and at last nobody: its heap is full, and
 * probes time out. A client that is told at once can go to another replica, or come back.
 *
 * Three measures, each with a limit: how late the event loop is, how full the heap is, what requests in flight hold.
 * How late the loop is counts as a mean over about a second. One long turn is over when it is seen, and turning away
 * those who waited for it helps nobody; and under load short turns, in which requests are only read, follow long ones, in
 * which they are served.
 *
 * Some requests are served all the same. While the loop is late, a few between two reports: else one client with dear
 * operations would shut out a few others with cheap ones. While the heap is full, a few at once: only work makes V8 collect
 * its garbage, and the heap would stay full.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createReceiptBook } from '../../ledger/arguments/receipt.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { describeOperation, type OperationEnd } from '../../telemetry/operation-line.ts';
import { createInFlight, type InFlightLimits, type InFlightReason } from './in-flight.ts';
import { plainError } from './plain-error.ts';
import { requestIdOf } from './request-id.ts';

/** From which values on requests are turned away. */
export type OverloadLimits = InFlightLimits & {
  /** How late the event loop is, in milliseconds. */
  readonly loopDelayMs: number;
  /** How much of the heap is used, in percent of what V8 allows. */
  readonly heapPercent: number;
};

/** The load of the process at one moment, in the same units. */
export type ProcessLoad = Pick<OverloadLimits, 'loopDelayMs' | 'heapPercent'>;

/** What there is too much of. */
export type OverloadReason = 'loop-delay' | 'heap' | InFlightReason;

/** What the guard needs. `monotonicNow` is a clock in milliseconds; the process's own unless given. */
export type OverloadDeps = {
  readonly monotonicNow?: () => number;
  readonly createRequestId: () => string;
  readonly log: Pick<Log, 'info'>;
};

/** Where the guard reports what it does. */
export type OverloadMetrics = Pick<Metrics, 'countRequest' | 'countShedRequest' | 'watchRequests'>;

/** The guard against overload. */
export type Overload = {
  /** Passes requests on to a listener, or answers 503 with OVERLOADED. Probes and metrics always pass. */
  readonly guard: (listener: RequestListener) => RequestListener;
  /** Tells the load, some times a second. Until it is told there is none. */
  readonly report: (load: ProcessLoad) => void;
};

/** How many requests are served at once, or between two reports, whatever the load. */
const alwaysServed = 8;

/** Over how many milliseconds the mean is taken, by weights that fall with age. */
const meanOverMs = 1000;

/** What a client is told to wait, in seconds: longer than a collection of garbage, and than a burst. */
const retryAfter = 2;

const exemptPaths: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** Builds the guard. */
export function createOverload(
  limits: OverloadLimits,
  deps: OverloadDeps,
  metrics: OverloadMetrics,
): Overload {
  const { judge, report } = createJudge(limits, deps.monotonicNow ?? (() => performance.now()));
  const inFlight = createInFlight(limits);
  metrics.watchRequests(inFlight.usage);
  return {
    report,
    guard: (listener) => (request, response) => {
      const arrival = inFlight.arrivalOf(request);
      const turnedAway = () => inFlight.refusalOf(arrival) ?? judge(inFlight.usage().requests);
      const reason = isExempt(request) ? undefined : turnedAway();
      if (reason !== undefined) {
        const operation = turnAway(request, response, deps.createRequestId);
        metrics.countShedRequest(reason);
        metrics.countRequest([operation], noCosts);
        deps.log.info({ ...describeOperation(operation), overload: reason }, 'operation');
        return;
      }
      response.once('close', inFlight.begin(arrival));
      return listener(request, response);
    },
  };
}

function isExempt({ url = '' }: IncomingMessage): boolean {
  return exemptPaths.has(url.replace(/\?.*$/s, ''));
}

/**
 * Decides by the last report. Each measure must fall well below its limit before requests are taken again, or every other
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
    /** Why the next request must be turned away; undefined when it is to be served. */
    judge(inFlight: number): OverloadReason | undefined {
      if (isFull && inFlight >= alwaysServed) return 'heap';
      if (isLate && servedSinceReport >= alwaysServed) return 'loop-delay';
      servedSinceReport += 1;
      return undefined;
    },
  };
}

const noCosts = createReceiptBook().read();

/** Answers 503, and gives what there is to say of it. The body is not read: Node passes over it. */
function turnAway(
  { headers: sent }: IncomingMessage,
  response: ServerResponse,
  createRequestId: () => string,
): OperationEnd {
  const given = sent['x-request-id'];
  const requestId = requestIdOf({ get: () => (typeof given === 'string' ? given : null) }, createRequestId);
  const { body, headers } = plainError('OVERLOADED', 'There is more to do than this gateway can do at once', {
    retryAfter,
  });
  const ownHeaders = {
    'retry-after': String(retryAfter),
    'x-request-id': requestId,
    'cache-control': 'no-store',
  };
  response.writeHead(503, { ...headers, ...ownHeaders }).end(body);
  return { ...nothingDone, requestId };
}

const nothingDone = {
  name: undefined,
  type: undefined,
  durationMs: 0,
  upstreamCalls: 0,
  sharedCalls: 0,
  keptAnswers: 0,
  price: 0,
  hasData: false,
  isAborted: false,
  errorCodes: ['OVERLOADED'],
  status: 503,
} as const;
