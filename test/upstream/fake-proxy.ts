/** A CONNECT proxy on the loopback that leads every tunnel to one port, whatever host was asked for. */

import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A listening proxy and the CONNECT requests that reached it; `url` may be given credentials. */
export type FakeProxy = { readonly url: string; readonly port: number; readonly tunnels: IncomingMessage[] };

/** Starts a proxy whose every tunnel ends at `targetPort` of the loopback. Closed when the test ends. */
export const startProxy = async (targetPort: number): Promise<FakeProxy> => {
  const tunnels: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, socket: Socket) => {
    tunnels.push(request);
    const target = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) sockets.add(end.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, tunnels };
};
