/** A gateway on a socket: for tests in which clients come over the wire, and go. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Harness } from './harness.ts';

/** Serves a gateway until the test ends, and gives its URL. */
export async function serve({ gateway }: Harness): Promise<string> {
  const server = createServer(gateway.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** What a client sends along with its body. */
export const jsonPost = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;
