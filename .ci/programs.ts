/** The programs that the tests need, and where they are. Pure: the environment and the file system come in. */

type Program = {
  /** The environment variable that names it. */
  readonly variable: string;
  /** Debian's path first, then those of other systems. */
  readonly paths: readonly string[];
  /** Debian's package. */
  readonly debianPackage: string;
  /** What to do when it is missing. */
  readonly missing: string;
};

/** The programs. */
export const programs = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    paths: [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debianPackage: 'chromium',
    missing:
      'The browser tests need Chromium. Install it (on Debian, as root: apt-get install chromium), or name one with CHROMIUM_PATH.',
  },
  redis: {
    variable: 'REDIS_SERVER_PATH',
    paths: ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'],
    debianPackage: 'redis-server',
    missing:
      'The tests need a Redis server. Install one (on Debian, as root: apt-get install redis-server), or name one with REDIS_SERVER_PATH.',
  },
} as const satisfies Record<string, Program>;

/** The path that the program's variable names, or else the first of its paths that exists; `undefined` if there is none. */
export function findProgram(
  { variable, paths }: Pick<Program, 'variable' | 'paths'>,
  env: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string | undefined {
  const chosen = env[variable];
  return (chosen ? [chosen] : paths).find(exists);
}
