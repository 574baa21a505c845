/**
 * Which paths there are, and which methods each takes. Refuses what none of the plugins before it has answered, so that
 * only operations reach Yoga, which takes every URL that ends like its endpoint for its own.
 */
import type { Plugin } from 'graphql-yoga';
import { plainError } from './plain-error.ts';
import { exactPath } from './request-target.ts';

/** Where operations are sent. */
const operationPath = '/graphql';

/** The methods of everything else that is served: HEAD is answered as GET, without the body. */
export const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * HEAD of an operation is refused: to answer it as GET would spend upstream calls on an answer that nobody reads. A page
 * at the same path is answered before.
 */
const operationMethods: readonly string[] = ['GET', 'POST'];

/** An answer in short, to a request that is for nothing that is served. */
export type Refusal = {
  readonly status: 204 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** The plugin. Put it after those that serve the paths given. */
export function routePlugin(otherPaths: readonly string[]): Plugin {
  const methods = new Map(otherPaths.map((path) => [path, readingMethods]));
  methods.set(operationPath, operationMethods);
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      const path = exactPath(request.url);
      if (path === operationPath && operationMethods.includes(request.method)) return;
      const { body, ...init } = refusalOf(request.method, methods.get(path));
      endResponse(new fetchAPI.Response(body, init));
    },
  };
}

/** 404 at a path that has no methods, else 405; OPTIONS is told the methods. Each names them (RFC 9110, section 10.2.1). */
export function refusalOf(method: string, methods: readonly string[] | undefined): Refusal {
  if (methods === undefined) {
    const message = `Nothing is at this path; operations go to ${operationPath}`;
    return { status: 404, ...plainError('BAD_REQUEST', message) };
  }
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: null };
  const { body, headers } = plainError('BAD_REQUEST', `This path takes ${allow}, got another method`);
  return { status: 405, headers: { ...headers, allow }, body };
}
