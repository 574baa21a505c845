/** The parts of the documents that are printed from the sources. It reads the sources that it shows. */

import { readFileSync } from 'node:fs';
import type { Setting } from '../src/config/setting.ts';
import { settings } from '../src/config/settings.ts';
import { errorCodes } from '../src/errors.ts';
import { type QueryCost, queryCosts } from '../test/gateway/query-costs.ts';
import { cutCode } from './code-cuts.ts';
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

/** The groups of settings: a heading, and the first setting of the group. */
const settingGroups: readonly (readonly [heading: string, first: keyof typeof settings])[] = [
  ['Where it listens', 'PORT'],
  ['The upstream', 'UPSTREAM_URL'],
  ['Credentials and secrets', 'UPSTREAM_BASIC_USER'],
  ['Replicas and cache', 'REDIS_URL'],
  ['Time and size of a request', 'OPERATION_TIMEOUT_MS'],
  ['What it shows, and the log', 'GRAPHIQL'],
  ['Connections and overload', 'MAX_CONNECTIONS'],
  ['Proxies and mode', 'HTTPS_PROXY'],
];

/** A heading and a table for each group. A group ends where the next begins, so it misses no setting. */
const groupedSettings = (): string => {
  const rows = Object.entries(settings);
  const starts = settingGroups.map(([, first]) => rows.findIndex(([name]) => name === first));
  return settingGroups
    .map(([heading], index) => {
      const group = rows.slice(starts[index], starts[index + 1]);
      return `\n## ${heading}\n\n${table([...head('name', 'default', 'meaning'), ...group.map(settingRow)])}\n`;
    })
    .join('');
};

/** Every setting. */
export const settingsTable = groupedSettings();

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

/** Declarations of a page of `clients/test/pages/`: what a user of a kit writes. */
const fromPage = (file: string, ...names: readonly string[]): string => {
  const source = readFileSync(new URL(`../clients/test/pages/${file}`, import.meta.url), 'utf8');
  return cutCode(source, names, file.replace(/.*\./, ''));
};

/** The printed sections of each document, by its path. */
export const documents: Readonly<Record<string, Sections>> = {
  'README.md': {
    'few-costs': costTable(queryCosts.filter(({ isInReadme }) => isInReadme)),
    errors: errorsTable,
  },
  'docs/call-economy.md': { costs: costTable(queryCosts) },
  'docs/clients.md': {
    apollo: fromPage('apollo.tsx', 'client', 'App', 'Balances'),
    urql: fromPage('urql.tsx', 'client', 'App'),
    relay: fromPage('relay.tsx', 'environment', 'App', 'CustomerBalances'),
    tanstack: fromPage('tanstack.tsx', 'client', 'queryClient', 'App', 'Balances'),
    fetch: fromPage('fetch.ts', 'loadAll'),
  },
  'docs/settings.md': { settings: settingsTable },
  'docs/sandbox.md': sandboxSections,
};
