/** Loads a configuration without files or randomness, and the problems of one that does not load. */

import { type Config, type ConfigDeps, ConfigError, loadConfig } from '../../src/config.ts';

/** What an environment sets. */
export type Env = Readonly<Record<string, string>>;

const deps: ConfigDeps = {
  readFile: (path) => {
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  },
  randomSecret: () => 'random'.repeat(6),
};

/** Loads a configuration. By default there is no file. */
export const load = (env: Env, over: Partial<ConfigDeps> = {}): Config =>
  loadConfig(env, { ...deps, ...over });

/** The problems of an environment. It fails if there are none. */
export const problemsOf = (env: Env, over: Partial<ConfigDeps> = {}): readonly string[] => {
  try {
    load(env, over);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('The settings were accepted.');
};
