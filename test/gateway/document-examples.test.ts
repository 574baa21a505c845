/** The queries that documents show with an answer, run without a change. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { partOf } from '../document-parts.ts';
import { startHarness } from './harness.ts';

/** A gateway with the sandbox's own secret, which the cursors of the documents are made with. */
function startAsShown() {
  const { idSecret } = loadConfig({}, { readFile: () => '', randomSecret: () => '' });
  return startHarness({}, { ID_SECRET: idSecret });
}

it('the first query of the README gives the answer below it, for one call', async () => {
  const { sandbox, post } = await startAsShown();
  const response = await post(partOf('README.md', /-d '({"query":[^']*)'/));
  expect(await response.json()).toEqual(JSON.parse(partOf('README.md', /```json\n([^`]*)```/)));
  expect(sandbox.callCount()).toBe(1);
});

describe('docs/errors.md', () => {
  const guide = readFileSync('docs/errors.md', 'utf8');
  const shown = [...guide.matchAll(/```graphql\n(\{[^`]*)```\n+```json\n((?:[^`]|`(?!``))*)```/g)];

  it.each([
    ['the wrong argument', 0, 1],
    ['the list that ends early', 1, 2],
  ])('gives the answer below %s', async (_, index, calls) => {
    const { sandbox, ask } = await startAsShown();
    const [, query = '', answer = ''] = shown[index] ?? [];
    expect(await ask(query)).toEqual(JSON.parse(answer));
    expect(sandbox.callCount()).toBe(calls);
  });
});
