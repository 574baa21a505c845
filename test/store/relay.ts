/** A way to a server on the loopback that is long, or held up: bytes then come late, and lose nothing of their order. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A relay that listens. */
export type Relay = {
  readonly url: string;
  /** For so many milliseconds nothing passes, in either direction. */
  readonly holdUp: (ms: number) => void;
};

/**
 * Starts a relay to the server at `url`, through which every byte is on its way for `delayMs` milliseconds in each
 * direction. Closed when the test ends.
 */
export async function startRelay(url: string, delayMs = 0): Promise<Relay> {
  const { hostname, port, protocol } = new URL(url);
  const sockets = new Set<Socket>();
  let heldUntil = 0;
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.setNoDelay().on('error', () => {});
    from.on('close', () => to.destroy());
    let passed = Promise.resolve();
    from.on('data', (bytes) => {
      const dueAt = performance.now() + delayMs;
      passed = passed.then(async () => {
        const waitMs = Math.max(dueAt, heldUntil) - performance.now();
        if (waitMs > 0) await delay(waitMs);
        to.write(bytes);
      });
    });
  };
  const server = createServer((socket) => {
    const target = connect(Number(port), hostname);
    pass(socket, target);
    pass(target, socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  const holdUp = (ms: number) => {
    heldUntil = performance.now() + ms;
  };
  return { url: `${protocol}//127.0.0.1:${address.port}`, holdUp };
}
