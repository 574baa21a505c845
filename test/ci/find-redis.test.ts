/** Which Redis server the tests take. */

import { describe, expect, it } from 'vitest';
import { findRedis, redisMissing } from '../../.ci/find-redis.ts';

const onlyAt =
  (...places: readonly string[]) =>
  (path: string) =>
    places.includes(path);

describe('findRedis', () => {
  it('takes the one that is named, and no other if that is not there', () => {
    const env = { REDIS_SERVER_PATH: '/mine' };
    expect(findRedis(env, onlyAt('/mine', '/usr/bin/redis-server'))).toBe('/mine');
    expect(findRedis(env, onlyAt('/usr/bin/redis-server'))).toBeUndefined();
  });

  it('looks in the usual places when none is named', () => {
    expect(findRedis({ REDIS_SERVER_PATH: '' }, onlyAt('/usr/local/bin/redis-server'))).toBe(
      '/usr/local/bin/redis-server',
    );
    expect(findRedis({}, onlyAt())).toBeUndefined();
  });

  it('says what to install', () => {
    expect(redisMissing).toMatch(/apt-get install redis-server.*REDIS_SERVER_PATH/);
  });
});
