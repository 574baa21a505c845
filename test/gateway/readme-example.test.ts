/** The README's first query, run as it stands there. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { fromReadme } from '../readme-parts.ts';
import { startHarness } from './harness.ts';

it('the first query of the README gives the answer that stands below it, for one call', async () => {
  const { idSecret } = loadConfig({}, { readFile: () => '', randomSecret: () => '' });
  const { sandbox, post } = await startHarness({}, { ID_SECRET: idSecret });
  const body = fromReadme(/-d '({"query":[^']*)'/);
  const response = await post(body);
  expect(await response.json()).toEqual(JSON.parse(fromReadme(/```json\n([^`]*)```/)));
  expect(sandbox.callCount()).toBe(1);
});
