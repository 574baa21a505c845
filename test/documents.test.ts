/** The documents agree with the sources about every setting, cost and error code. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, errorsTable, settingsTable } from '../.ci/document-sections.ts';
import { fillSections } from '../.ci/markdown.ts';
import { refusedSettings } from '../src/config/notices.ts';
import { settings } from '../src/config/settings.ts';
import { errorCodes } from '../src/errors.ts';
import { queryCosts } from './gateway/query-costs.ts';

const bare =
  '# Title\n<!-- settings -->\nold\n<!-- /settings -->\ntext\n<!-- errors --><!-- /errors -->\nend\n';

describe('the documents', () => {
  const settingsText = () => readFileSync(new URL('../docs/settings.md', import.meta.url), 'utf8');

  it.each(Object.keys(settings))('have one row for %s', (name) => {
    const row = settingsTable.split('\n').find((line) => line.startsWith(`| ${name} | `));
    expect(row).toBeDefined();
    expect(settingsText().split(`${row}\n`)).toHaveLength(2);
  });

  it.each(Object.entries(documents))('have the tables of the sources in %s', (path, sections) => {
    const text = readFileSync(path, 'utf8');
    expect(fillSections(path, text, sections)).toBe(text);
  });

  it('show three costs in the README, and all of them elsewhere', () => {
    const rowsIn = (path: string, name: string) => (documents[path]?.[name]?.split('\n').length ?? 0) - 2;
    expect(rowsIn('README.md', 'few-costs')).toBe(3);
    expect(rowsIn('docs/call-economy.md', 'costs')).toBe(queryCosts.length);
  });
});

describe('the tables', () => {
  it('have default, meaning, range, and the file of a secret', () => {
    expect(settingsTable).toContain(
      '| PORT | 4000 | Port that the gateway listens on. 0 takes any free port. Takes a whole number from 0 to 65535. |',
    );
    expect(settingsTable).toMatch(
      /\| UPSTREAM_BASIC_PASSWORD \| unset \| .* Also as UPSTREAM_BASIC_PASSWORD_FILE, the path of a file\. \|/,
    );
  });

  it('hold every error code, and no setting that is not served', () => {
    for (const code of Object.keys(errorCodes)) expect(errorsTable).toContain(`| ${code} | `);
    for (const name of refusedSettings) expect(settingsTable).not.toContain(`| ${name} |`);
  });

  it('have the same number of cells in every row', () => {
    const sections = Object.values(documents).flatMap((each) => Object.values(each));
    for (const section of sections.filter((text) => text.includes('| --- |'))) {
      const rows = section.split('\n').filter((line) => line.startsWith('|'));
      const counts = rows.map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});

describe('fillSections', () => {
  const parts = { settings: '| new |', errors: '| all |' };

  it('changes what stands between the markers, and nothing else', () => {
    const filled = fillSections('a.md', bare, parts);
    expect(filled).toBe(
      '# Title\n<!-- settings -->\n| new |\n<!-- /settings -->\ntext\n<!-- errors -->\n| all |\n<!-- /errors -->\nend\n',
    );
    expect(fillSections('a.md', filled, parts)).toBe(filled);
  });

  it.each(['<!-- settings -->', '<!-- /errors -->'])('fails when %s is missing, and says where', (marker) => {
    expect(() => fillSections('a.md', bare.replace(marker, ''), parts)).toThrow(/^a\.md lacks the markers/);
  });
});
