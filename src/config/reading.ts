/**
 * Reads a table of settings from the environment, and secrets also from files. Collects all problems and does not stop
 * at the first one. Knows no setting by name.
 */

import type { Setting } from './setting.ts';

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

/** A setting's text and its variable, or a problem; `undefined` if the setting is unset. */
type Found = { readonly variable: string; readonly text: string } | { readonly problem: string } | undefined;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';

/**
 * Reads a secret from a file. Removes line ends at the end, which editors and `echo` add, and a byte order mark, which some
 * editors add. A problem never shows the path, because it may be the secret itself in the wrong variable.
 */
function readSecret(variable: string, path: string, readFile: Source['readFile']): Found {
  const takes = 'the path of a readable file with the value in it';
  try {
    const text = readFile(path)
      .replace(/^\ufeff/, '')
      .replace(/[\r\n]+$/, '');
    if (text.includes('\ufffd')) return { problem: problemOf(variable, 'one that is no UTF-8', takes) };
    return text === '' ? { problem: problemOf(variable, 'an empty file', takes) } : { variable, text };
  } catch (error) {
    return { problem: problemOf(variable, `one that fails (${codeOf(error)})`, takes) };
  }
}

function findText(name: string, setting: Setting<unknown>, { env, readFile }: Source): Found {
  const spellings = setting.lowerCaseToo ? [name.toLowerCase(), name] : [name];
  const variable = spellings.find((spelling) => env[spelling]);
  const text = env[variable ?? ''];
  const path = setting.secret && env[`${name}_FILE`];
  if (variable && path) return { problem: `${name}: got both ${name} and ${name}_FILE, takes one of them.` };
  if (path) return readSecret(`${name}_FILE`, path, readFile);
  return variable && text ? { variable, text } : undefined;
}

type Outcome = { readonly value: unknown; readonly given: boolean; readonly problems: readonly string[] };

function readSetting(name: string, setting: Setting<unknown>, source: Source): Outcome {
  const found = findText(name, setting, source);
  if (found === undefined) return { value: setting.byDefault, given: false, problems: [] };
  if ('problem' in found) return { value: setting.byDefault, given: true, problems: [found.problem] };
  const parsed = setting.parse(found.text);
  if ('value' in parsed) return { value: parsed.value, given: true, problems: [] };
  const problem = problemOf(found.variable, parsed.got, setting.takes);
  return { value: setting.byDefault, given: true, problems: [problem] };
}

/** Reads every setting of a table. Never throws. `problems` have the order of the table. */
export function readSettings<S extends SettingTable>(table: S, source: Source): Reading<S> {
  const outcomes = Object.entries(table).map(
    ([name, setting]) => [name, readSetting(name, setting, source)] as const,
  );
  return {
    // Each value comes from the setting of the same name, which the type of fromEntries cannot express.
    values: Object.fromEntries(outcomes.map(([name, { value }]) => [name, value])) as ValuesOf<S>,
    given: new Set(outcomes.filter(([, { given }]) => given).map(([name]) => name)),
    problems: outcomes.flatMap(([, { problems }]) => problems),
  };
}
