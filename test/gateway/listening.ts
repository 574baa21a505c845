/** A gateway on a socket: for tests in which clients come over the wire, and go. */
import { onTestFinished } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import type { Harness } from './harness.ts';

/** Serves a gateway like the process until the test ends, and returns its URL. Its end waits for no request. */
export async function serve({ gateway: { listener } }: Harness): Promise<string> {
  const onDrain = () => undefined;
  const server = await startServer({ listener, host: '127.0.0.1', port: 0, shutdownTimeoutMs: 1, onDrain });
  onTestFinished(async () => void (await server.stop()));
  return `${server.url}/graphql`;
}

/** What a client sends with its body. */
export const jsonPost = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;
