/** A stop holds requests for a moment. A client may leave meanwhile. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { watchConnections } from '../../src/server/connections.ts';
import { createDrain } from '../../src/server/drain.ts';
import { get, open } from './held-server.ts';

it('a request whose client left while it was held does not begin, and others do', async () => {
  const begun: string[] = [];
  const server = createServer();
  const limits = { clientStallTimeoutMs: 1000, maxUnreadBytes: 1000, maxConnections: 10 };
  const connections = watchConnections(server, limits, { now: () => 0, onClosed: () => undefined });
  const drain = createDrain(server, connections, (_, request, response) => {
    begun.push(request.headers.host ?? '');
    response.end();
  });
  onTestFinished(() => server.closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const [leaver, stayer] = await Promise.all([open(port), open(port)]);
  await drain.hold(1000);

  leaver.socket.write(get);
  stayer.socket.write(get.replace('Host: h', 'Host: stayer'));
  await expect.poll(drain.openRequests).toBe(2);
  leaver.socket.destroy();
  await expect.poll(drain.openRequests).toBe(1);
  drain.begin();
  expect(begun).toEqual(['stayer']);
  server.close();
  await stayer.ended;
});
