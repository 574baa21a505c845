/**
 * The endpoints for those who run the gateway: probes and metrics, on the port of everyone or on one of their own
 * (ADMIN_PORT). Knows nothing of operations.
 */
import type { RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../../telemetry/metrics.ts';
import { answerProbe, type Parts, type ProbeAnswer } from './probes.ts';
import { exactPath } from './request-target.ts';
import { readingMethods, refusalOf } from './route-plugin.ts';

/** What the endpoints tell. */
export type OperatorSources = { readonly parts: Parts; readonly metrics: Pick<Metrics, 'read'> };

const probePaths: readonly string[] = ['/livez', '/readyz'];
const allPaths: readonly string[] = [...probePaths, '/metrics'];

/** The paths of the endpoints on the port of everyone. */
export const operatorPaths = (hasAdminPort: boolean): readonly string[] =>
  hasAdminPort ? probePaths : allPaths;

type Answer = { readonly status: number; readonly contentType: string; readonly text: string };

/**
 * Serves the endpoints beside `/graphql`. With a port of their own for operators (`hasAdminPort`) this one tells
 * orchestrators alive and ready, and no more: it can be open to the world.
 */
export function operatorPlugin(sources: OperatorSources, hasAdminPort: boolean): Plugin {
  const answer = hasAdminPort ? answerEveryone : answerOperators;
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (!readingMethods.includes(request.method)) return;
      return answer(exactPath(request.url), sources)?.then(({ status, contentType, text }) => {
        const body = request.method === 'HEAD' ? null : text;
        endResponse(new fetchAPI.Response(body, { status, headers: headersOf(contentType) }));
      });
    },
  };
}

/** Serves them on a port of their own, where nothing else is. */
export function operatorListener(sources: OperatorSources): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    const path = url.replace(/\?.*$/, '');
    request.resume(); // A body is nothing that anyone here waits for.
    if (allPaths.includes(path) && !readingMethods.includes(method)) {
      const { status, headers, body } = refusalOf(method, readingMethods);
      response.writeHead(status, headers).end(body ?? undefined);
      return;
    }
    const answer = answerOperators(path, sources) ?? Promise.resolve(nothingHere);
    answer.then(
      ({ status, contentType, text }) => response.writeHead(status, headersOf(contentType)).end(text),
      (error: Error) => response.destroy(error),
    );
  };
}

function answerOperators(path: string, { parts, metrics }: OperatorSources): Promise<Answer> | undefined {
  if (path === '/metrics') return metrics.read().then((told) => ({ status: 200, ...told }));
  return told(answerProbe(path, parts, true));
}

function answerEveryone(path: string, { parts }: OperatorSources): Promise<Answer> | undefined {
  return told(answerProbe(path, parts, false));
}

function told(probe: ProbeAnswer | undefined): Promise<Answer> | undefined {
  return probe && Promise.resolve(asJson(probe.status, probe.body));
}

const nothingHere = asJson(404, { status: 'nothing here', paths: allPaths });

function asJson(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json', text: JSON.stringify(body) };
}

/** Stale answers about the present are wrong ones. */
function headersOf(contentType: string) {
  return { 'content-type': contentType, 'cache-control': 'no-store' };
}
