/**
 * The endpoints for those who run the gateway: probes and metrics, on the port of everyone or on one of their own
 * (ADMIN_PORT). Knows nothing of operations.
 */
import type { RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerProbe, type Parts, type ProbeAnswer } from './probes.ts';

/** What the endpoints tell. */
export type OperatorSources = { readonly parts: Parts; readonly metrics: Pick<Metrics, 'read'> };

type Answer = { readonly status: number; readonly contentType: string; readonly text: string };

/**
 * Serves the endpoints beside `/graphql`. With a port of their own for operators (`hasAdminPort`) this one tells
 * orchestrators alive and ready, and no more: it can be open to the world.
 */
export function operatorPlugin(sources: OperatorSources, hasAdminPort: boolean): Plugin {
  const answer = hasAdminPort ? answerEveryone : answerOperators;
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      return answer(url.pathname, sources)?.then(({ status, contentType, text }) => {
        endResponse(new fetchAPI.Response(text, { status, headers: headersOf(contentType) }));
      });
    },
  };
}

/** Serves them on a port of their own, where nothing else is. */
export function operatorListener(sources: OperatorSources): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const answer = answerOperators(path, sources) ?? Promise.resolve(nothingHere);
    answer.then(
      ({ status, contentType, text }) => response.writeHead(status, headersOf(contentType)).end(text),
      (error: Error) => response.destroy(error),
    );
    request.resume(); // A body is nothing that anyone here waits for.
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

const nothingHere = asJson(404, { status: 'nothing here', paths: ['/livez', '/readyz', '/metrics'] });

function asJson(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json', text: JSON.stringify(body) };
}

/** Stale answers about the present are wrong ones. */
function headersOf(contentType: string) {
  return { 'content-type': contentType, 'cache-control': 'no-store' };
}
