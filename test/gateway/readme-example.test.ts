/** The README's first query, run as it stands there. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startHarness } from './harness.ts';

const readme = readFileSync('README.md', 'utf8');

/** The first part of the README that a pattern's group finds. */
function fromReadme(pattern: RegExp): string {
  const [, found] = pattern.exec(readme) ?? [];
  if (found === undefined) throw new Error(`README.md has nothing like ${pattern}`);
  return found;
}

it('the first query of the README gives the answer that stands below it, for one call', async () => {
  const { idSecret } = loadConfig({}, { readFile: () => '', randomSecret: () => '' });
  const { sandbox, post } = await startHarness({}, { ID_SECRET: idSecret });
  const body = fromReadme(/-d '({"query":[^']*)'/);
  const response = await post(body);
  expect(await response.json()).toEqual(JSON.parse(fromReadme(/```json\n([^`]*)```/)));
  expect(sandbox.callCount()).toBe(1);
});
