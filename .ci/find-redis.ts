/** Where the Redis server is that the tests run against. Pure: the environment and the file system come in. */

/** Debian's, then where other systems and a build from source put theirs. */
const usualPaths = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
] as const;

/**
 * The path of a Redis server: REDIS_SERVER_PATH if that is set, else the first of the usual places where one is;
 * `undefined` when there is none.
 */
export function findRedis(
  env: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string | undefined {
  const chosen = env['REDIS_SERVER_PATH'];
  const candidates = chosen === undefined || chosen === '' ? usualPaths : [chosen];
  return candidates.find(exists);
}

/** What to do when there is none. */
export const redisMissing =
  'The tests need a Redis server. Install one (on Debian, as root: apt-get install redis-server), or name one with REDIS_SERVER_PATH.';
