/** Reads the settings of a sandbox, built in or as a process of its own. Pure. */

import type { SandboxOptions } from './server.ts';

/** One setting: its environment variable, what it takes, and its default in words. */
export type Setting = { readonly name: string; readonly takes: string; readonly default: string };

/**
 * The options, or all problems. A problem names the variable, what it got and what it takes. `unknown` has a sentence for
 * each variable that begins with SANDBOX_ and is no setting: with a typing error, it would silently do nothing.
 */
export type SettingsReading = (
  | { readonly options: SandboxOptions }
  | { readonly problems: readonly string[] }
) & { readonly unknown: readonly string[] };

/** A setting, and how its text becomes an option. `undefined` refuses the text. */
type Reader = Setting & { readonly read: (text: string) => SandboxOptions | undefined };

const readers: readonly Reader[] = [
  integer('SANDBOX_PORT', { smallest: 0, largest: 65_535, standard: '4010' }, (port) => ({ port })),
  {
    name: 'SANDBOX_HOST',
    takes: 'an address to listen on',
    default: '127.0.0.1',
    read: (text) => (/^[\w.:%-]+$/.test(text) ? { host: text } : undefined),
  },
  integer('SANDBOX_MAX_LIMIT', { smallest: 1, largest: 100, standard: '10' }, (maxLimit) => ({ maxLimit })),
  word('SANDBOX_OVER_LIMIT', ['cap', 'reject'], (overLimit) => ({ overLimit })),
  integer(
    'SANDBOX_CALLS_PER_MINUTE',
    { smallest: 1, largest: 1_000_000, standard: 'no limit' },
    (callsPerMinute) => ({ callsPerMinute }),
  ),
  word('SANDBOX_FAILURE_STATUS', ['400', '200'], (status) => ({
    failureStatus: status === '200' ? 200 : 400,
  })),
  integer(
    'SANDBOX_TOKEN_TTL_SECONDS',
    { smallest: 1, largest: 3600, standard: '300' },
    (tokenTtlSeconds) => ({ tokenTtlSeconds }),
  ),
];

/** The settings, for the documentation. */
export const settings: readonly Setting[] = readers.map(({ read: _, ...setting }) => setting);

/** Fixed, so that tests and a gateway's UPSTREAM_URL can name it. */
const defaultPort = 4010;

/** Reads the environment. An empty variable is not set. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): SettingsReading {
  const problems: string[] = [];
  const unknown = findUnknown(environment);
  const options: SandboxOptions[] = [{ port: defaultPort }];
  for (const { name, takes, read } of readers) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const option = read(text);
    if (option) options.push(option);
    else problems.push(`${name}: expected ${takes}, got ${JSON.stringify(text)}`);
  }
  return problems.length > 0 ? { problems, unknown } : { options: Object.assign({}, ...options), unknown };
}

function findUnknown(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = readers.map(({ name }) => name);
  const names = Object.keys(environment).filter(
    (name) => name.startsWith('SANDBOX_') && !known.includes(name),
  );
  return names.map((name) => `${name}: there is no such setting; there are ${known.join(', ')}`);
}

/** The bounds of a number, and its default as the documentation shows it. */
type Range = { readonly smallest: number; readonly largest: number; readonly standard: string };

function integer(name: string, range: Range, toOption: (value: number) => SandboxOptions): Reader {
  const { smallest, largest, standard } = range;
  const isFit = (text: string) =>
    /^\d{1,7}$/.test(text) && Number(text) >= smallest && Number(text) <= largest;
  return {
    name,
    takes: `an integer from ${smallest} to ${largest}`,
    default: standard,
    read: (text) => (isFit(text) ? toOption(Number(text)) : undefined),
  };
}

/** A setting that takes one of a few words. The first is the default. */
function word<Word extends string>(
  name: string,
  words: readonly [Word, ...Word[]],
  toOption: (value: Word) => SandboxOptions,
): Reader {
  const read = (text: string) => {
    const chosen = words.find((candidate) => candidate === text);
    return chosen === undefined ? undefined : toOption(chosen);
  };
  return { name, takes: words.join(' or '), default: words[0], read };
}
