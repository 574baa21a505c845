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
const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const head = (...names: readonly string[]) => [names, names.map(() => '---')];

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
 * The README with each section as the sources have it, between `<!-- name -->` and `<!-- /name -->`.
 * @throws {Error} naming the markers that are missing.
 */
export const fillSections = (readme: string): string =>
  Object.entries(sections).reduce((text, [name, section]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${start} and ${end}.`);
    return `${text.slice(0, from + start.length)}\n${section}\n${text.slice(to)}`;
  }, readme);
