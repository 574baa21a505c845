/**
 * The endpoints for operators: probes and metrics, on the port of everyone or on one of their own (ADMIN_PORT). Knows
 * nothing of operations.
 */
import type { RequestListener } from 'node:http';
import type { Metrics } from '../../telemetry/metrics.ts';
import { withoutQuery } from './request-target.ts';
import { type Answer, type Endpoints, methodRefusal, readingMethods } from './route-plugin.ts';

/** What the endpoints show. */
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
 * The endpoints beside `/graphql`. Where operators have a port of their own, this one says only alive and ready: it can be
 * open to the world.
 */
export function operatorEndpoints(sources: OperatorSources, hasAdminPort: boolean): Endpoints {
  return {
    paths: hasAdminPort ? probePaths : allPaths,
    answer: ({ path }) => answerAt(path, sources, !hasAdminPort),
  };
}

/** Serves them on a port of their own, where nothing else is. */
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
    (answerAt(path, sources, true) ?? Promise.resolve(nothingHere)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: Error) => response.destroy(error),
    );
  };
}

/** Undefined for other paths. Details are for operators alone. */
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
 * Whether the gateway takes traffic. `status` is `ready`, or the state of the first part that is not. An open breaker is
 * ready: if every replica left while the upstream is away, callers would get no coded error. So is a replica without Redis: a
 * share of the budget is better than none.
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
  const unready = (isDraining && parts.traffic) || (isRefused && parts.credentials);
  const status = unready || 'ready';
  return asJson(unready ? 503 : 200, isForOperators ? { status, parts } : { status });
}

const nothingHere = asJson(404, { status: 'nothing here', paths: allPaths });

function asJson(status: number, body: unknown): Answer {
  return { status, headers: headersOf('application/json'), body: JSON.stringify(body) };
}

/** An answer about the present must not be used later. */
function headersOf(contentType: string) {
  return { 'content-type': contentType, 'cache-control': 'no-store' };
}
