/**
 * Everything that is served beside operations, and the routes to it. Probes and metrics are for operators, on the public port
 * or on ADMIN_PORT.
 */
import type { RequestListener } from 'node:http';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { WatchedUpstream } from '../../telemetry/upstream-metrics.ts';
import { maskedMessage, plainError } from './plain-error.ts';
import type { GatewayPlugin, RequestRecord } from './request-record.ts';
import { exactPath, pathOf } from './request-target.ts';

/** An answer to anything but an operation. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
};

/** What is served beside operations. */
export type Endpoints = {
  readonly paths: readonly string[];
  /** Answers GET and HEAD. Returns undefined when the request is for something else. May reject, but must not throw. */
  readonly answer: (
    request: Pick<Request, 'headers'> & { readonly path: string },
  ) => Promise<Answer> | undefined;
};

/** Where operations are sent. */
const operationPath = '/graphql';

/** The methods of every endpoint. HEAD is answered as GET, without the body. */
const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * The methods of operations. HEAD is refused: it would spend upstream calls on an answer that nobody reads. Pages at the
 * same path do take HEAD; they are answered before.
 */
const operationMethods: readonly string[] = ['GET', 'POST'];

/**
 * Routes requests by path and method: to an endpoint, or to Yoga. Refuses everything else, because Yoga alone would serve
 * every URL that ends like its endpoint. Calls `onFault` for a fault of an endpoint, and answers 500 itself: Yoga would answer
 * with the stack trace.
 */
export function routePlugin(
  endpoints: readonly Endpoints[],
  onFault: (record: RequestRecord, fault: unknown) => void,
): GatewayPlugin {
  const methods = new Map(
    endpoints.flatMap(({ paths }) => paths).map((path) => [path, readingMethods] as const),
  );
  methods.set(operationPath, operationMethods);

  return {
    onRequest({ request: { url, method, headers }, serverContext: { record }, fetchAPI, endResponse }) {
      const path = exactPath(url);
      const isReading = readingMethods.includes(method);
      const send = ({ body, ...init }: Answer) => endResponse(new fetchAPI.Response(body, init));
      let answer: ReturnType<Endpoints['answer']>;
      if (isReading) for (const each of endpoints) answer ??= each.answer({ path, headers });
      if (answer !== undefined)
        return orFault(answer, (fault) => onFault(record, fault)).then((found) =>
          send(method === 'HEAD' ? { ...found, body: null } : found),
        );
      const allowed = methods.get(path);
      if (allowed === undefined) send(notFound);
      else if (allowed !== operationMethods || !allowed.includes(method))
        send(methodRefusal(method, allowed));
      return undefined;
    },
  };
}

const orFault = (answer: Promise<Answer>, onFault: (fault: unknown) => void): Promise<Answer> =>
  answer.catch((fault: unknown) => {
    onFault(fault);
    return { status: 500, ...plainError('INTERNAL_SERVER_ERROR', maskedMessage) };
  });

const notFound: Answer = {
  status: 404,
  ...plainError('BAD_REQUEST', `Nothing is at this path; operations go to ${operationPath}`),
};

/** Answers a method that a path does not take. The `Allow` header lists those that it takes (RFC 9110, section 10.2.1). */
function methodRefusal(method: string, methods: readonly string[]): Answer {
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: null };
  const { body, headers } = plainError('BAD_REQUEST', `This path takes ${allow}, got another method`);
  return { status: 405, headers: { ...headers, allow }, body };
}

/** What the endpoints report. */
export type OperatorSources = Pick<
  WatchedUpstream,
  'areCredentialsRefused' | 'breakerState' | 'sharingState'
> & {
  readonly isDraining: () => boolean;
  readonly metrics: Pick<Metrics, 'read'>;
};

const probePaths: readonly string[] = ['/livez', '/readyz'];
const allPaths: readonly string[] = [...probePaths, '/metrics'];

/**
 * Builds the endpoints on the public port. With ADMIN_PORT set they are the probes alone, and give no details, because the
 * public port can be open to the world.
 */
export const operatorEndpoints = (sources: OperatorSources, hasAdminPort: boolean): Endpoints => ({
  paths: hasAdminPort ? probePaths : allPaths,
  answer: ({ path }) => answerAt(path, sources, !hasAdminPort),
});

/** Builds the listener for ADMIN_PORT. It serves the endpoints with all details, and nothing else. Calls `onFault` as above. */
export function operatorListener(
  sources: OperatorSources,
  onFault: (fault: unknown) => void,
): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    const path = pathOf(url);
    const send = ({ status, headers, body }: Answer) => void response.writeHead(status, headers).end(body);
    request.resume(); // Nobody here reads a body.
    if (allPaths.includes(path) && !readingMethods.includes(method))
      return send(methodRefusal(method, readingMethods));
    const answer = answerAt(path, sources, true) ?? Promise.resolve(nothingHere);
    void orFault(answer, onFault).then(send);
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

/** No cache may store these answers: they describe the present moment. */
const headersOf = (contentType: string) => ({ 'content-type': contentType, 'cache-control': 'no-store' });

const nothingHere = asJson(404, { status: 'nothing here', paths: allPaths });

function asJson(status: number, body: unknown): Answer {
  return { status, headers: headersOf('application/json'), body: JSON.stringify(body) };
}
