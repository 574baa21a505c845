/** What the other tests rely on: a server that comes, goes, and comes back on its port, empty. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startRedis } from './redis-server.ts';

const say = (port: number, ...lines: readonly string[]) => {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${[...lines, 'QUIT'].join('\r\n')}\r\n`);
  return text(socket);
};

it('a Redis server for a test answers, can be killed, and comes back empty on the same port', async () => {
  const redis = await startRedis();
  expect(await say(redis.port, 'SET a 1', 'GET a')).toBe('+OK\r\n$1\r\n1\r\n+OK\r\n');
  await redis.kill();
  await expect(say(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED');
  await redis.restart();
  expect(await say(redis.port, 'GET a')).toBe('$-1\r\n+OK\r\n');
});
