/**
 * A way to a server on the loopback that takes as long as one to another continent.
 */
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The URL of a relay to `url`, through which every byte is on its way for so many milliseconds in each direction. */
export async function farFrom(url: string, delayMs: number): Promise<string> {
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.setNoDelay().on('error', () => {});
    from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
    from.on('close', () => to.destroy());
  };
  const near = new URL(url);
  const server = createServer((socket) => {
    const target = connect(Number(near.port), near.hostname);
    join(socket, target);
    join(target, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return Object.assign(near, { port: String(address.port) }).href;
}
