/**
 * The endpoints for operators: probes and metrics, on the public port or on ADMIN_PORT.
 */
import type { RequestListener } from 'node:http';
import type { Metrics } from '../../telemetry/metrics.ts';
import { withoutQuery } from './request-target.ts';
import { type Answer, type Endpoints, methodRefusal, readingMethods } from './route-plugin.ts';

/** What the endpoints report. */
export type OperatorSources = {
  readonly isDraining: () => boolean;
  readonly areCredentialsRefused: () => boolean;
  readonly breakerState: () => string;
  /** `off` where replicas share nothing. */
  readonly sharingState: () => string;
  readonly metrics: Pick<Metrics, 'read'>;
};

const probePaths: readonly string[] = ['/livez', '/readyz'];
const allPaths: readonly string[] = [...probePaths, '/metrics'];

/**
 * Builds the endpoints on the public port. With ADMIN_PORT set they are the probes alone, and give no details, because the
 * public port can be open to the world.
 */
export function operatorEndpoints(sources: OperatorSources, hasAdminPort: boolean): Endpoints {
  return {
    paths: hasAdminPort ? probePaths : allPaths,
    answer: ({ path }) => answerAt(path, sources, !hasAdminPort),
  };
}

/** Builds the listener for ADMIN_PORT. It serves the endpoints with all details, and nothing else. */
export function operatorListener(sources: OperatorSources): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    const path = withoutQuery(url);
    request.resume(); // Nobody here reads a body.
    if (allPaths.includes(path) && !readingMethods.includes(method)) {
      const { status, headers, body } = methodRefusal(method, readingMethods);
      response.writeHead(status, headers).end(body ?? undefined);
      return;
    }
    (answerAt(path, sources, true) ?? Promise.resolve(notFound)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: Error) => response.destroy(error),
    );
  };
}

/** Answers the request for a path; undefined when there is no endpoint. Only operators get metrics and details. */
function answerAt(
  path: string,
  sources: OperatorSources,
  isForOperators: boolean,
): Promise<Answer> | undefined {
  if (path === '/livez') return Promise.resolve(asJson(200, { status: 'alive' }));
  if (path === '/readyz') return Promise.resolve(readiness(sources, isForOperators));
  if (path !== '/metrics' || !isForOperators) return undefined;
  return sources.metrics
    .read()
    .then(({ contentType, text }) => ({ status: 200, headers: headersOf(contentType), body: text }));
}

/**
 * Reports whether the gateway takes traffic. `status` is `ready`, or the state of the first part that is not ready.
 *
 * An open breaker does not make the gateway unready. If all replicas became unready while the upstream is away, callers
 * would get no coded error. A lost Redis does not either: a replica can still use its share of the budget.
 */
function readiness(sources: OperatorSources, isForOperators: boolean): Answer {
  const sharing = sources.sharingState();
  const isDraining = sources.isDraining();
  const isRefused = sources.areCredentialsRefused();
  const parts = {
    traffic: isDraining ? 'draining' : 'taken',
    credentials: isRefused ? 'service credentials refused' : 'not refused',
    breaker: sources.breakerState(),
    ...(sharing !== 'off' && { sharing }),
  };
  const unreadyState = (isDraining && parts.traffic) || (isRefused && parts.credentials);
  const status = unreadyState || 'ready';
  return asJson(unreadyState ? 503 : 200, isForOperators ? { status, parts } : { status });
}

const notFound = asJson(404, { status: 'nothing here', paths: allPaths });

function asJson(status: number, body: unknown): Answer {
  return { status, headers: headersOf('application/json'), body: JSON.stringify(body) };
}

/** No cache may store these answers: they describe the present moment. */
function headersOf(contentType: string) {
  return { 'content-type': contentType, 'cache-control': 'no-store' };
}
