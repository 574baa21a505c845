/** The servers that can be measured: how each is started, and which language it speaks. */

import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from './launch.ts';
import type { Language } from './operations.ts';

/** A server of the line-up. */
export type Server = {
  readonly name: string;
  readonly language: Language;
  /** How to start it before an upstream, with a cache or without. */
  readonly launch: (upstreamUrl: string, isCached: boolean) => Launch;
};

/** The servers that every build of ours is beside. */
export const otherNames = ['proxy'] as const;

/** What every figure is a ratio to. */
export const referenceName = 'proxy';

/** The folder of this package. */
export const benchFolder = dirname(fileURLToPath(import.meta.url));

const credentials = { user: 'till.user', password: 'password' };
const authorization = `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;

/** Longer than a run: what is cached stays so. */
const cacheTtlSeconds = '3600';

/** As the image starts it: production defaults, everything on. Only what it cannot start without is set. */
const oursIn = (folder: string, name: string): Server => ({
  name,
  language: 'connection',
  launch: (upstreamUrl, isCached) => ({
    core: 'server',
    arguments: ['--enable-source-maps', join(folder, 'dist/main.js')],
    env: {
      NODE_ENV: 'production',
      UPSTREAM_URL: upstreamUrl,
      UPSTREAM_BASIC_USER: credentials.user,
      UPSTREAM_BASIC_PASSWORD: credentials.password,
      ALLOW_ANONYMOUS: 'true',
      ID_SECRET: 'a secret of the benchmark, long enough',
      ...(isCached ? { CACHE_TTL_SECONDS: cacheTtlSeconds } : {}),
    },
  }),
});

/** Builds of ours, told apart by a number when there are several. */
export function buildsOfOurs(folders: readonly string[]): readonly Server[] {
  return folders.map((folder, index) =>
    oursIn(resolve(folder), folders.length === 1 ? 'ours' : `ours-${index + 1}-${basename(resolve(folder))}`),
  );
}

const compiled =
  (file: string, language: Language) =>
  (name: string): Server => ({
    name,
    language,
    launch: (upstreamUrl, isCached) => ({
      core: 'server',
      arguments: [join(benchFolder, 'dist', file)],
      env: {
        NODE_ENV: 'production',
        UPSTREAM_URL: upstreamUrl,
        UPSTREAM_AUTHORIZATION: authorization,
        CACHE_TTL_SECONDS: isCached ? cacheTtlSeconds : '0',
      },
    }),
  });

const others: Readonly<Record<(typeof otherNames)[number], (name: string) => Server>> = {
  proxy: compiled('servers/proxy.js', 'proxy'),
};

/** The servers beside ours that are asked for, in the order of the line-up. */
export function otherServers(names: readonly string[]): readonly Server[] {
  return otherNames.filter((name) => names.includes(name)).map((name) => others[name](name));
}

/** The upstream as a process. */
export const upstreamLaunch: Launch = {
  core: 'others',
  arguments: [join(benchFolder, 'dist/servers/upstream.js'), '%PORT%'],
  env: {},
};
