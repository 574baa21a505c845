/** The README says of every setting and every error code what the sources say. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillSections, sections } from '../.ci/readme-sections.ts';
import { settings } from '../src/config/settings.ts';
import { refusedSettings } from '../src/config/unserved.ts';
import { errorCodes } from '../src/errors.ts';

const bare =
  '# Title\n<!-- settings -->\nold\n<!-- /settings -->\ntext\n<!-- errors --><!-- /errors -->\nend\n';

describe('the README', () => {
  const readme = () => readFileSync(new URL('../README.md', import.meta.url), 'utf8');

  it.each(Object.keys(settings))('has a row for %s', (name) => {
    const row = sections['settings']?.split('\n').find((line) => line.startsWith(`| ${name} | `));
    expect(row).toBeDefined();
    expect(readme()).toContain(`${row}\n`);
  });

  it('has every table as the sources have it', () => {
    expect(fillSections(readme())).toBe(readme());
  });
});

describe('the tables', () => {
  it('tell default, meaning, what is taken, and the file for a secret', () => {
    expect(sections['settings']).toContain(
      '| PORT | 4000 | Where it listens. 0 takes any free port. Takes a whole number from 0 to 65535. |',
    );
    expect(sections['settings']).toMatch(
      /\| UPSTREAM_BASIC_PASSWORD \| unset \| .* Also as UPSTREAM_BASIC_PASSWORD_FILE, the path of a file\. \|/,
    );
  });

  it('hold every error code, and no setting that is not served', () => {
    for (const code of Object.keys(errorCodes)) expect(sections['errors']).toContain(`| ${code} | `);
    for (const name of Object.keys(refusedSettings))
      expect(sections['settings']).not.toContain(`| ${name} |`);
  });

  it('have the same number of cells in every row', () => {
    for (const section of Object.values(sections)) {
      const counts = section.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});

describe('fillSections', () => {
  const parts = { settings: '| new |', errors: '| all |' };

  it('changes what stands between the markers, and nothing else', () => {
    const filled = fillSections(bare, parts);
    expect(filled).toBe(
      '# Title\n<!-- settings -->\n| new |\n<!-- /settings -->\ntext\n<!-- errors -->\n| all |\n<!-- /errors -->\nend\n',
    );
    expect(fillSections(filled, parts)).toBe(filled);
  });

  it.each(['<!-- settings -->', '<!-- /errors -->'])('fails when %s is missing', (marker) => {
    expect(() => fillSections(bare.replace(marker, ''), parts)).toThrow(/README\.md lacks the markers/);
  });
});
