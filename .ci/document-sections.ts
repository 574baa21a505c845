/**
 * The tables of the documents that are printed from the sources. Pure.
 */

import type { Setting } from '../src/config/setting.ts';
import { settings } from '../src/config/settings.ts';
import { errorCodes } from '../src/errors.ts';
import { type QueryCost, queryCosts } from '../test/gateway/query-costs.ts';
import { head, type Sections, table } from './markdown.ts';
import { sandboxSections } from './sandbox-sections.ts';

const shownDefault = ({ shownDefault: shown, byDefault }: Setting<unknown>): string =>
  shown ?? (byDefault === undefined ? 'unset' : String(byDefault));

const settingRow = ([name, setting]: readonly [string, Setting<unknown>]): readonly string[] => {
  const file = setting.secret ? ` Also as ${name}_FILE, the path of a file.` : '';
  return [name, shownDefault(setting), `${setting.meaning} Takes ${setting.takes}.${file}`];
};

const costRow = ({ query, calls, because }: QueryCost): readonly string[] => [
  `\`${query}\``,
  String(calls),
  because,
];

const costTable = (costs: readonly QueryCost[]): string =>
  table([...head('query', 'calls', 'because'), ...costs.map(costRow)]);

/** Every setting. */
export const settingsTable = table([
  ...head('name', 'default', 'meaning'),
  ...Object.entries(settings).map(settingRow),
]);

/** Every error code. */
export const errorsTable = table([
  ...head('code', 'try again?', 'meaning', 'what to do'),
  ...Object.entries(errorCodes).map(([code, { retryable, meaning, remedy }]) => [
    code,
    retryable ? 'yes' : 'no',
    meaning,
    remedy,
  ]),
]);

/** The sections of each document, by its path. */
export const documents: Readonly<Record<string, Sections>> = {
  'README.md': {
    'few-costs': costTable(queryCosts.filter(({ isInReadme }) => isInReadme)),
    errors: errorsTable,
  },
  'docs/call-economy.md': { costs: costTable(queryCosts) },
  'docs/settings.md': { settings: settingsTable },
  'docs/sandbox.md': sandboxSections,
};
