/**
 * Routes requests by path and method. Serves pages, probes and metrics, leaves operations to Yoga, and refuses everything
 * else. Yoga alone would serve every URL that ends like its endpoint.
 */
import { maskedMessage, plainError } from './plain-error.ts';
import type { GatewayPlugin, RequestRecord } from './request-record.ts';
import { exactPath } from './request-target.ts';

/** A GET or HEAD. */
type EndpointRequest = { readonly path: string; readonly headers: Headers };

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
  readonly answer: (request: EndpointRequest) => Promise<Answer> | undefined;
};

/** Where operations are sent. */
const operationPath = '/graphql';

/** The methods of every endpoint. HEAD is answered as GET, without the body. */
export const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * The methods of operations. HEAD is refused: it would spend upstream calls on an answer that nobody reads. Pages at the
 * same path do take HEAD; they are answered before.
 */
const operationMethods: readonly string[] = ['GET', 'POST'];

/**
 * Builds the plugin. It calls `onFault` for a fault of an endpoint, and answers 500 itself: Yoga would answer with the stack
 * trace.
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
      const answer = isReading ? answerOf(endpoints, { path, headers }) : undefined;
      if (answer !== undefined)
        return answer
          .catch((fault) => {
            onFault(record, fault);
            return {
              status: 500,
              ...plainError('INTERNAL_SERVER_ERROR', maskedMessage),
            };
          })
          .then((found) => send(method === 'HEAD' ? { ...found, body: null } : found));
      const allowed = methods.get(path);
      if (allowed === undefined) send(notFound);
      else if (allowed !== operationMethods || !allowed.includes(method))
        send(methodRefusal(method, allowed));
      return undefined;
    },
  };
}

/** The answer of the first endpoint that has one. */
function answerOf(endpoints: readonly Endpoints[], request: EndpointRequest): Promise<Answer> | undefined {
  for (const { answer } of endpoints) {
    const found = answer(request);
    if (found !== undefined) return found;
  }
  return undefined;
}

const notFound: Answer = {
  status: 404,
  ...plainError('BAD_REQUEST', `Nothing is at this path; operations go to ${operationPath}`),
};

/** Answers a method that a path does not take. The `Allow` header lists those that it takes (RFC 9110, section 10.2.1). */
export function methodRefusal(method: string, methods: readonly string[]): Answer {
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: null };
  const { body, headers } = plainError('BAD_REQUEST', `This path takes ${allow}, got another method`);
  return { status: 405, headers: { ...headers, allow }, body };
}
