/**
 * Which paths there are, and which methods each takes. Serves everything beside operations, and refuses what is served
 * nowhere: Yoga would take every URL that ends like its endpoint for its own.
 */
import { plainError, unexpected } from './plain-error.ts';
import type { GatewayPlugin, RequestRecord } from './request-record.ts';
import { exactPath } from './request-target.ts';

/** A GET or HEAD. */
type EndpointRequest = { readonly path: string; readonly headers: Headers };

/** An answer that is no operation's. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
};

/** What is served beside operations. */
export type Endpoints = {
  readonly paths: readonly string[];
  /** Answers GET and HEAD; undefined when the request is for something else. May reject, and must not throw. */
  readonly answer: (request: EndpointRequest) => Promise<Answer> | undefined;
};

/** Where operations are sent. */
const operationPath = '/graphql';

/** The methods of every endpoint. HEAD is answered as GET, without the body. */
export const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * HEAD of an operation is refused: to answer it as GET would spend upstream calls on an answer that nobody reads. A page
 * at the same path is answered before.
 */
const operationMethods: readonly string[] = ['GET', 'POST'];

/**
 * The plugin. Yoga would answer a fault in a hook of this kind with the stack trace, so the plugin answers it; `onFault`
 * logs it.
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
            return { status: 500, ...plainError('INTERNAL_SERVER_ERROR', unexpected) };
          })
          .then((found) => send(method === 'HEAD' ? { ...found, body: null } : found));
      const taken = methods.get(path);
      if (taken === undefined) send(notFound);
      else if (taken !== operationMethods || !taken.includes(method)) send(methodRefusal(method, taken));
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

/** Answers a method that a path does not take. Each answer names those that it takes (RFC 9110, section 10.2.1). */
export function methodRefusal(method: string, methods: readonly string[]): Answer {
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: null };
  const { body, headers } = plainError('BAD_REQUEST', `This path takes ${allow}, got another method`);
  return { status: 405, headers: { ...headers, allow }, body };
}
