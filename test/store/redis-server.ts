/**
 * A real Redis server for one test.
 */
import { onTestFinished } from 'vitest';
import { openRedis, type RedisServer } from './redis-process.ts';

/** Starts a server, with further words for its command line. It is killed when the test ends, however that ends. */
export async function startRedis(...words: readonly string[]): Promise<RedisServer> {
  const server = await openRedis(...words);
  onTestFinished(server.kill);
  return server;
}
