/** A collector of spans on the loopback, healthy or not; it closes when the test ends. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { decodeSpans, type SentSpan } from './otlp-spans.ts';

/** One export request. */
export type Post = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** What has reached a collector. */
export type Collector = {
  readonly url: string;
  readonly posts: readonly Post[];
  readonly spans: () => readonly SentSpan[];
};

/** What the collector does with an export request: accepts it, never answers, cuts the connection, or refuses. */
export type CollectorHealth = 'well' | 'hanging' | 'crashing' | 'refusing';

const answers: Readonly<Record<CollectorHealth, RequestListener>> = {
  well: (_, response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
  hanging: () => undefined,
  crashing: (request) => request.socket.destroy(),
  refusing: (_, response) => response.writeHead(403).end('quota of tenant-7 is spent'),
};

/** Starts a collector. */
export async function startCollector(health: CollectorHealth = 'well'): Promise<Collector> {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      posts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      answers[health](request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    spans: () => posts.flatMap(({ body }) => decodeSpans(body)),
  };
}
