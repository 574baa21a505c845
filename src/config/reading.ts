/**
 * Reads a table of settings from the environment, and secrets also from files. Collects all problems and does not stop
 * at the first one. Knows no setting by name.
 */

import { codeOf } from '../errors.ts';
import type { Parsed, Setting } from './setting.ts';

/** The variables of a process. An empty one counts as unset, because some container platforms cannot unset a variable. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from. `readFile` returns the whole text of a file, or throws if it cannot be read. */
export type Source = { readonly env: Environment; readonly readFile: (path: string) => string };

/** A table of settings, by the name of the variable. */
export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table, by the same names. */
export type ValuesOf<S extends SettingTable> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/**
 * The result of reading. `given` has the names of settings that are set. A setting with a problem counts as given and
 * has its default in `values`, so that one mistake does not cause further problems.
 */
export type Reading<S extends SettingTable> = {
  readonly values: ValuesOf<S>;
  readonly given: ReadonlySet<keyof S>;
  readonly problems: readonly string[];
};

/** A problem, in one sentence. */
export const problemOf = (variable: string, got: string, takes: string): string =>
  `${variable}: got ${got}, takes ${takes}.`;

/**
 * Reads a secret from a file. Removes line ends at the end, which editors and `echo` add, and a byte order mark, which some
 * editors add. A problem never shows the path, because it may be the secret itself in the wrong variable.
 */
function readSecret(path: string, readFile: Source['readFile']): Parsed<string> {
  try {
    const text = readFile(path)
      .replace(/^\ufeff/, '')
      .replace(/[\r\n]+$/, '');
    if (text.includes('\ufffd')) return { got: 'one that is no UTF-8' };
    return text === '' ? { got: 'an empty file' } : { value: text };
  } catch (error) {
    return { got: `one that fails (${codeOf(error)})` };
  }
}

/** Reads one setting. Returns its value or a problem; `undefined` if it is unset. */
function readSetting(name: string, setting: Setting<unknown>, { env, readFile }: Source) {
  const spellings = setting.lowerCaseToo ? [name.toLowerCase(), name] : [name];
  const variable = spellings.find((spelling) => env[spelling]);
  const path = setting.secret && env[`${name}_FILE`];
  if (variable && path) return { problem: `${name}: got both ${name} and ${name}_FILE, takes one of them.` };
  const found = path ? readSecret(path, readFile) : { value: env[variable ?? ''] };
  if ('got' in found) {
    const takes = 'the path of a readable file with the value in it';
    return { problem: problemOf(`${name}_FILE`, found.got, takes) };
  }
  if (!found.value) return undefined;
  const parsed = setting.parse(found.value);
  if ('value' in parsed) return parsed;
  return { problem: problemOf(variable ?? `${name}_FILE`, parsed.got, setting.takes) };
}

/** Reads every setting of a table. Never throws. `problems` have the order of the table. */
export function readSettings<S extends SettingTable>(table: S, source: Source): Reading<S> {
  const values: Record<string, unknown> = {};
  const given = new Set<keyof S>();
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(table)) {
    const outcome = readSetting(name, setting, source);
    if (outcome !== undefined) given.add(name);
    if (outcome && 'problem' in outcome) problems.push(outcome.problem);
    values[name] = outcome && 'value' in outcome ? outcome.value : setting.byDefault;
  }
  return { values: values as ValuesOf<S>, given, problems }; // The type of the loop cannot express the names.
}
