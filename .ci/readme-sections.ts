/**
 * The README's tables that are printed from the sources, and how they are put between their markers. Pure.
 */

import type { Setting } from '../src/config/setting.ts';
import { settings } from '../src/config/settings.ts';
import { errorCodes } from '../src/errors.ts';
import { queryCosts } from '../test/gateway/query-costs.ts';

/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table in Markdown. */
export const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The names of the columns, and the line below them. */
export const head = (...names: readonly string[]) => [names, names.map(() => '---')];

const shownDefault = ({ shownDefault: shown, byDefault }: Setting<unknown>): string =>
  shown ?? (byDefault === undefined ? 'unset' : String(byDefault));

const settingRow = ([name, setting]: readonly [string, Setting<unknown>]): readonly string[] => {
  const file = setting.secret ? ` Also as ${name}_FILE, the path of a file.` : '';
  return [name, shownDefault(setting), `${setting.meaning} Takes ${setting.takes}.${file}`];
};

/** The sections by the name of their markers: settings, costs of queries, error codes. */
export const sections: Readonly<Record<string, string>> = {
  settings: table([...head('name', 'default', 'meaning'), ...Object.entries(settings).map(settingRow)]),
  costs: table([
    ...head('query', 'calls', 'because'),
    ...queryCosts.map(({ query, calls, because }) => [`\`${query}\``, String(calls), because]),
  ]),
  errors: table([
    ...head('code', 'try again?', 'meaning', 'what to do'),
    ...Object.entries(errorCodes).map(([code, { retryable, meaning, remedy }]) => [
      code,
      retryable ? 'yes' : 'no',
      meaning,
      remedy,
    ]),
  ]),
};

/**
 * A text with each section as the sources have it, between `<!-- name -->` and `<!-- /name -->`: by default the
 * README with its sections.
 * @throws {Error} naming the markers that are missing.
 */
export const fillSections = (text: string, parts = sections, path = 'README.md'): string =>
  Object.entries(parts).reduce((filled, [name, section]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [filled.indexOf(start), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} lacks the markers ${start} and ${end}.`);
    return `${filled.slice(0, from + start.length)}\n${section}\n${filled.slice(to)}`;
  }, text);
