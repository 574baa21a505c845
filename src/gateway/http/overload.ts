/**
 * Refuses requests while the process is overloaded, before it does any work for them.
 *
 * Background. An overloaded process answers all requests late, and in the end none: its heap is full, and probes time out.
 * A client that is refused at once can go to another replica, or try again later.
 *
 * There are three measures, each with a limit: the delay of the event loop, the use of the heap, and the requests in
 * flight with the bytes of their bodies. One address may have at most half of the last, so that one client cannot shut out
 * the others. The delay is a mean over about a second, because a single measurement says little. One long
 * turn is over when it is measured. Under load, long turns that serve requests alternate with short turns that read them.
 *
 * An overloaded process still serves a few requests. While the loop is late, it serves a few between two reports: otherwise
 * one client with expensive operations would shut out others with cheap ones. While the heap is full, it serves a few at a
 * time: V8 collects garbage only while there is work, so the heap would stay full.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getHeapSpaceStatistics, getHeapStatistics, type HeapSpaceInfo } from 'node:v8';
import type { Config } from '../../config.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { fairnessKeyOf } from './fairness-key.ts';
import type { Refusal, Refuse } from './plain-error.ts';
import { pathOf } from './request-target.ts';

/** The limits, from which on requests are refused, and the settings by which a request is counted. */
type OverloadLimits = Pick<
  Config,
  | 'overloadLoopDelayMs'
  | 'overloadHeapPercent'
  | 'maxRequestsInFlight'
  | 'maxBodyBytesInFlight'
  | 'maxBodyBytes'
  | 'trustedProxies'
>;

/** The load of the process at one moment: delay of the event loop; used heap, in percent of what V8 allows. */
export type ProcessLoad = { readonly loopDelayMs: number; readonly heapPercent: number };

/**
 * The limit that is reached. `in-flight`: requests in total. `address`: requests of this address. `bodies`: bytes of
 * bodies, in total or of this address.
 */
type OverloadReason = 'loop-delay' | 'heap' | 'in-flight' | 'address' | 'bodies';

/** What the guard needs. */
export type OverloadDeps = {
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly refuse: Refuse;
  readonly metrics: Pick<Metrics, 'countShedRequest' | 'watch'>;
  /** Requests for these paths always pass, so that probes and scrapes see an overloaded process. */
  readonly operatorPaths: readonly string[];
};

/** How many requests are served in spite of a full heap at a time, and of a late loop between two reports. */
const alwaysServed = 8;

/** The time constant of the mean, in milliseconds: the weight of a measurement falls exponentially with its age. */
const meanOverMs = 1000;

/** How long a refused client should wait, in seconds: longer than a garbage collection or a burst takes. */
const retryAfter = 2;

const overloaded: Refusal = {
  status: 503,
  code: 'OVERLOADED',
  message: 'There is more to do than this gateway can do at once',
  details: { retryAfter },
  headers: { 'retry-after': String(retryAfter) },
};

/** Requests in flight, and the bytes of their bodies. */
type Usage = { requests: number; bodyBytes: number };

/**
 * Builds the guard against overload. Limits the requests in flight to the number of connections. One address may have half
 * of those requests, and would otherwise take every connection.
 */
export function createOverload(
  config: OverloadLimits & Pick<Config, 'maxConnections'>,
  { now, refuse, metrics, operatorPaths }: OverloadDeps,
) {
  const maxRequestsInFlight = Math.min(config.maxRequestsInFlight, config.maxConnections);
  const limits = { ...config, maxRequestsInFlight };
  const { judge, report } = createJudge(limits, now);
  const all: Usage = { requests: 0, bodyBytes: 0 };
  const ofAddresses = new Map<string, Usage>();
  metrics.watch({ requests: () => all });
  return {
    /** Call it several times a second with the load. Until the first call the load counts as 0. */
    report,
    /** Passes requests on to a listener, or answers 503 with OVERLOADED. */
    guard: (listener: RequestListener) => (request: IncomingMessage, response: ServerResponse) => {
      const address = addressOf(request, limits);
      const bodyBytes = bodyBytesOf(request, limits);
      const own = ofAddresses.get(address) ?? { requests: 0, bodyBytes: 0 };
      const isExempt = operatorPaths.includes(pathOf(request.url ?? ''));
      const reason = isExempt ? undefined : (reasonOf(limits, all, own, bodyBytes) ?? judge(all.requests));
      if (reason !== undefined) {
        metrics.countShedRequest(reason);
        return refuse(request, response, overloaded, { overload: reason });
      }
      const count = (change: 1 | -1) => {
        all.requests += change;
        all.bodyBytes += change * bodyBytes;
        own.requests += change;
        own.bodyBytes += change * bodyBytes;
      };
      ofAddresses.set(address, own);
      count(1);
      response.once('close', () => {
        count(-1);
        if (own.requests === 0) ofAddresses.delete(address);
      });
      return listener(request, response);
    },
  };
}

/** A body of at most this size always has room. Operations that people write have a tenth of it. */
const smallBodyBytes = 16_384;

/** Why a request must be refused for what is in flight; undefined when there is room for it. */
function reasonOf(
  { maxRequestsInFlight, maxBodyBytesInFlight }: OverloadLimits,
  all: Usage,
  own: Usage,
  bodyBytes: number,
): OverloadReason | undefined {
  if (all.requests >= maxRequestsInFlight) return 'in-flight';
  if (own.requests >= Math.floor(maxRequestsInFlight / 2)) return 'address';
  if (bodyBytes <= smallBodyBytes) return undefined;
  // The first body always has room, however small the limit.
  const isFull = (usage: Usage, limit: number) => usage.bodyBytes > 0 && usage.bodyBytes + bodyBytes > limit;
  return isFull(all, maxBodyBytesInFlight) || isFull(own, maxBodyBytesInFlight / 2) ? 'bodies' : undefined;
}

/** The address that a request counts for. Requests whose connection has closed have no address, and count as one. */
function addressOf({ headers, socket }: IncomingMessage, { trustedProxies }: OverloadLimits): string {
  const forwardedFor = String(headers['x-forwarded-for'] ?? '');
  return fairnessKeyOf({ peer: socket.remoteAddress, forwardedFor, trustedProxies }) ?? '';
}

/** The declared length of a body. A chunked body declares no length, and may have any. */
function bodyBytesOf({ headers }: IncomingMessage, { maxBodyBytes }: OverloadLimits): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  return Math.min(Number(headers['content-length'] ?? 0), maxBodyBytes);
}

/**
 * Decides by the last report. After an overload, each measure must fall well below its limit before all requests are served
 * again. Otherwise the decision could change with every report.
 */
function createJudge(
  { overloadLoopDelayMs: mostDelayMs, overloadHeapPercent: mostHeapPercent }: OverloadLimits,
  now: () => number,
) {
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
      // A delay counts as twice the limit at most. A larger one would keep the mean high for longer.
      meanDelayMs += weight * (Math.min(loopDelayMs, 2 * mostDelayMs) - meanDelayMs);
      isLate = meanDelayMs >= (isLate ? mostDelayMs / 2 : mostDelayMs);
      isFull = heapPercent >= (isFull ? mostHeapPercent - 10 : mostHeapPercent);
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
 * How full the old space is, in percent. The young spaces count on neither side, although V8's limit includes three
 * semi-spaces: the process ends as soon as the old space is full.
 */
export function heapPercentOf(
  spaces: readonly Pick<HeapSpaceInfo, 'space_name' | 'space_used_size'>[],
  limit: { readonly heapBytes: number; readonly semiSpaceBytes: number },
): number {
  const oldSpaces = spaces.filter(({ space_name: name }) => !name.startsWith('new_'));
  const usedBytes = oldSpaces.reduce((bytes, { space_used_size: used }) => bytes + used, 0);
  return (100 * usedBytes) / (limit.heapBytes - 3 * limit.semiSpaceBytes);
}

/**
 * Reports the load of this process ten times a second, until the process ends. The delay of the event loop is how late the
 * report itself comes. Each report costs some microseconds.
 */
export function watchProcessLoad(report: (load: ProcessLoad) => void, semiSpaceBytes: number): void {
  const limit = { heapBytes: getHeapStatistics().heap_size_limit, semiSpaceBytes };
  let dueAt = performance.now() + periodMs;
  setInterval(() => {
    const now = performance.now();
    const heapPercent = heapPercentOf(getHeapSpaceStatistics(), limit);
    report({ loopDelayMs: Math.max(0, now - dueAt), heapPercent });
    dueAt = now + periodMs;
  }, periodMs).unref();
}
