/** The loop of the guide for clients loads a whole list, and stops where a person is asked. */

import { describe, expect, it } from 'vitest';
import type { BalancesQueryVariables } from '../gql/graphql.ts';
import { openKitStage } from './kit-stage.ts';
import { loadAll } from './pages/fetch.ts';

const many: BalancesQueryVariables = { identifier: { name: 'EXTERNAL_ID', value: 'many-entries' } };

describe('all pages by fetch', () => {
  const { url, sandbox } = openKitStage();

  it('come for no more calls than in a page', async () => {
    const { edges, notice } = await loadAll(url(), many);
    expect([edges.length, notice]).toEqual([137, undefined]);
    expect(sandbox().callCount()).toBe(17);
  });

  it('stop at a list that ends early', async () => {
    sandbox().setFaults([{ kind: 'server-error', pageNumber: 4 }]);
    const { edges, notice } = await loadAll(url(), many);
    expect([edges.length, notice?.show]).toEqual([40, 'go-on']);
    expect(sandbox().callCount()).toBe(6);
  });
});
