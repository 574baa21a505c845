/** The servers that can be measured: how each is started, and which language it speaks. */

import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from './launch.ts';
import type { Language } from './operations.ts';

/** A server of the line-up: ours, the bare proxy, or one of the peers. */
export type Server = {
  readonly name: string;
  readonly language: Language;
  /** How to start it before an upstream, with a cache or without. */
  readonly launch: (upstreamUrl: string, isCached: boolean) => Launch;
};

/** What every figure is a ratio to. */
export const referenceName = 'proxy';

/** The folder of this package. */
export const benchFolder = dirname(fileURLToPath(import.meta.url));

const credentials = { user: 'till.user', password: 'password' };
const authorization = `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;

/** Longer than a run: what is cached stays so. */
const cacheTtlSeconds = '3600';

type Settings = Readonly<Record<string, string>>;

/** As the image starts it: production defaults, everything on. Only what it cannot start without is set. */
const oursIn = (folder: string, name: string, env: Settings): Server => ({
  name,
  language: 'connection',
  launch: (upstreamUrl, isCached) => ({
    core: 'server',
    arguments: ['--enable-source-maps', '--max-semi-space-size=32', join(folder, 'dist/main.js')],
    env: {
      NODE_ENV: 'production',
      UPSTREAM_URL: upstreamUrl,
      UPSTREAM_BASIC_USER: credentials.user,
      UPSTREAM_BASIC_PASSWORD: credentials.password,
      ALLOW_ANONYMOUS: 'true',
      ID_SECRET: 'a secret of the benchmark, long enough',
      ...(isCached ? { CACHE_TTL_SECONDS: cacheTtlSeconds } : {}),
      ...env,
    },
  }),
});

/** Builds of ours, told apart by a number when there are several. `env` is set beside what they need. */
export function buildsOfOurs(folders: readonly string[], env: Settings = {}): readonly Server[] {
  return folders.map((folder, index) => {
    const path = resolve(folder);
    return oursIn(path, folders.length === 1 ? 'ours' : `ours-${index + 1}-${basename(path)}`, env);
  });
}

/** A server of this folder. All have settings of one form. */
const other = (name: string, language: Language, parameters: readonly string[]): Server => ({
  name,
  language,
  launch: (upstreamUrl, isCached) => ({
    core: 'server',
    folder: benchFolder,
    arguments: parameters,
    env: {
      NODE_ENV: 'production',
      UPSTREAM_URL: upstreamUrl,
      UPSTREAM_AUTHORIZATION: authorization,
      CACHE_TTL_SECONDS: isCached ? cacheTtlSeconds : '0',
    },
  }),
});

const hiveCommand = 'node_modules/@graphql-hive/gateway/dist/bin.js supergraph dist/supergraph.graphql';
const hiveOptions = '--config-path dist/peers/hive-gateway.js --host 127.0.0.1 --fork 1';

const others: readonly Server[] = [
  other(referenceName, 'proxy', ['dist/servers/proxy.js']),
  other('mercurius', 'connection', ['dist/peers/mercurius.js']),
  other('apollo', 'connection', ['dist/peers/apollo.js']),
  other('hive', 'openapi', [...hiveCommand.split(' '), ...hiveOptions.split(' ')]),
];

/** Names of the servers beside ours. */
export const otherNames: readonly string[] = others.map(({ name }) => name);

/** The servers beside ours that are asked for, in the order of the line-up. */
export function otherServers(names: readonly string[]): readonly Server[] {
  return others.filter(({ name }) => names.includes(name));
}

/** Whether a server is a peer, whose packages must be installed first. */
export const isPeer = (name: string): boolean => name !== referenceName && otherNames.includes(name);

/** The upstream as a process. */
export const upstreamLaunch: Launch = {
  core: 'others',
  folder: benchFolder,
  arguments: ['dist/servers/upstream.js', '%PORT%'],
  env: {},
};
