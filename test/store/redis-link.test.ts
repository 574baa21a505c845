/** The connection: lazy, quiet, quick to know that Redis is away, and back by itself. */
import { afterEach, expect, it, vi } from 'vitest';
import { createRedisLink, type RedisLink, usualReplyTimeoutMs } from '../../src/store/redis-link.ts';
import { startRedis } from './redis-server.ts';

const links: RedisLink[] = [];
const open = (url: string) => {
  const link = createRedisLink(url);
  links.push(link);
  return link;
};
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

/** Resolves at the next change to what is waited for. */
const turned = (link: RedisLink, isAway: boolean) =>
  new Promise<void>((resolve) => link.onChange((now) => now === isAway && resolve()));

it('connects at first use, and gives bulk strings as they were', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  expect(link.isAway()).toBe(false);
  const value = Buffer.from([0, 255, 128]);
  await link.send(['SET', 'a', value]);
  expect(await link.send(['GET', 'a'])).toEqual(value);
});

it('knows that Redis was killed, fails at once while it is away, and is back when Redis is', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['PING']);
  const away = turned(link, true);
  await redis.kill();
  await away;
  const startedAt = performance.now();
  await expect(link.send(['PING'])).rejects.toThrow('away');
  expect(performance.now() - startedAt).toBeLessThan(20);
  const back = turned(link, false);
  await redis.restart();
  await back;
  await link.send(['PING']);
});

it('replays nothing that it could not send or that was not answered', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['PING']);
  const back = () => turned(link, false);
  redis.freeze();
  const lost = link.send(['INCR', 'n']);
  await expect(lost).rejects.toThrow();
  await expect(link.send(['INCR', 'n'])).rejects.toThrow('away');
  await redis.kill();
  const backAgain = back();
  await redis.restart();
  await backAgain;
  expect(await link.send(['GET', 'n'])).toBeNull();
});

it('soon counts a server that stops answering as away, and uses it again later', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['PING']);
  redis.freeze();
  const startedAt = performance.now();
  await expect(link.send(['PING'])).rejects.toThrow('does not answer');
  expect(performance.now() - startedAt).toBeLessThan(usualReplyTimeoutMs + 1000);
  expect(link.isAway()).toBe(true);
  const back = turned(link, false);
  redis.thaw();
  await back;
  await link.send(['PING']);
});

it('counts a server that stands still as away although it accepts connections', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['PING']);
  redis.freeze();
  await expect(link.send(['PING'])).rejects.toThrow('does not answer');
  const turns: boolean[] = [];
  link.onChange((isAway) => turns.push(isAway));
  await new Promise((resolve) => setTimeout(resolve, 3500)); // Long enough for several new connections.
  expect([turns, link.isAway()]).toEqual([[], true]);
  const back = turned(link, false);
  redis.thaw();
  await back;
});

it('counts a server that refuses as away for a while', async () => {
  const redis = await startRedis('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
  const link = open(redis.url);
  await expect(link.send(['SET', 'a', 'b'])).rejects.toThrow('OOM');
  expect(link.isAway()).toBe(true);
  await turned(link, false);
});

it('does not count Redis as away because a key has another type', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['SET', 'a', 'text']);
  await expect(link.send(['HVALS', 'a'])).rejects.toThrow('WRONGTYPE');
  await expect(link.send(['EVAL', "return redis.call('HVALS', KEYS[1])", '1', 'a'])).rejects.toThrow(
    'WRONGTYPE',
  );
  expect(link.isAway()).toBe(false);
});

it('connects at most twice a second to a server that refuses everything', async () => {
  const redis = await startRedis('--requirepass', 'right-password');
  const stranger = open(redis.url);
  const known = open(redis.url.replace('//', '//:right-password@'));
  const connections = async () => {
    const stats = String(await known.send(['INFO', 'stats']));
    return Number(/total_connections_received:(\d+)/.exec(stats)?.[1]);
  };
  const before = await connections();
  await expect(stranger.send(['GET', 'a'])).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(stranger.isAway()).toBe(true);
  const made = (await connections()) - before;
  expect(made).toBeGreaterThan(1);
  expect(made).toBeLessThan(8);
  const back = turned(stranger, false);
  await known.send(['CONFIG', 'SET', 'requirepass', '']);
  await back;
});

it('uses a server again that stood still at the first question', async () => {
  const redis = await startRedis();
  redis.freeze();
  const link = open(redis.url);
  const asked = [link.send(['PING']), link.send(['PING'])].map((one) => expect(one).rejects.toThrow());
  await turned(link, true);
  await Promise.all(asked);
  const back = turned(link, false);
  redis.thaw();
  await back;
  await link.send(['PING']);
});

it('never shows the password, and survives a wrong one and a server that was never there', async () => {
  const said = vi.spyOn(console, 'error');
  const redis = await startRedis('--requirepass', 'right-password');
  const wrong = open(redis.url.replace('//', '//:wrong-password@'));
  const failure = await wrong.send(['PING']).catch((error: unknown) => error);
  expect(String(failure)).not.toContain('wrong-password');
  const right = open(redis.url.replace('//', '//:right-password@'));
  await right.send(['PING']);
  await redis.kill();
  const nobody = open(redis.url);
  await expect(nobody.send(['PING'])).rejects.toThrow();
  expect(nobody.isAway()).toBe(true);
  expect(said).not.toHaveBeenCalled();
});

it('sends nothing once it is closed', async () => {
  const redis = await startRedis();
  const link = open(redis.url);
  await link.send(['PING']);
  await link.close();
  await expect(link.send(['PING'])).rejects.toThrow('away');
});
