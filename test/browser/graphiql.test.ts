/** GraphiQL in a real browser that reaches only this machine: every tab runs as it stands, without any complaint. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectOutcome, storyOutcomes } from '../pages/story-outcomes.ts';
import { chooseTab, openExplorer, run, tabTitles } from './explorer.ts';
import { openStage } from './stage.ts';

const stage = openStage({ UPSTREAM_TIMEOUT_MS: '500' });

describe('GraphiQL', () => {
  it('opens with the tabs of the story, even if another GraphiQL left its own at this address', async () => {
    const { page } = await stage.visit();
    await page.goto(`${stage.url()}/favicon.svg`);
    const foreign = { id: '1', title: 'Foreign', query: '{ foreign }', variables: null, headers: null };
    const state = { activeTabIndex: 0, tabs: [{ ...foreign, operationName: null, response: null }] };
    await page.evaluate(
      `localStorage.setItem('graphiql:tabState', ${JSON.stringify(JSON.stringify(state))})`,
    );
    await openExplorer(page, stage.url());
    expect(await page.title()).toBe('Ledger balances · GraphiQL');
    expect(await tabTitles(page)).toEqual(storyOutcomes.map(({ name }) => name));
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('runs every tab as it stands, one after the other, and shows its outcome', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    for (const outcome of storyOutcomes) {
      stage.sandbox().reset();
      await chooseTab(page, outcome.name);
      expectOutcome(outcome, await run(page), stage.sandbox().callCount());
    }
  });

  it('goes on in the second tab exactly where the first one ended', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    const first = (await run(page)) as {
      data: { customer: { ledgerBalance: { pageInfo: { endCursor: string } } } };
    };
    const { endCursor } = first.data.customer.ledgerBalance.pageInfo;
    await chooseTab(page, 'NextPage');
    const variables = page.locator('.graphiql-editor-tool .view-lines').first();
    await expect.poll(() => variables.innerText()).toContain(endCursor);
    expect(stage.sandbox().callCount()).toBe(1);
  });

  it('shows docs that say what each thing means, in the colours of the system', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await page.getByRole('button', { name: /documentation/i }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByText('Query', { exact: true }).click();
    await docs.getByText('A customer by an identifier. Null: there is no such customer.').waitFor();
    await docs.getByText('Customer', { exact: true }).first().click();
    await docs.getByText('ledgerBalance', { exact: true }).click();
    await docs.getByText('Balances as of this moment. Default: now.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => brightness(page)).toBe(colorScheme);
    }
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('has the same tabs when it is opened again, and stores no credentials', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await chooseTab(page, 'TwoDates');
    await run(page);
    // GraphiQL writes down which tab is open when it has nothing else to do.
    await expect
      .poll(() => page.evaluate('Object.values(localStorage).join()'))
      .toContain('"activeTabIndex":2');
    await openExplorer(page, stage.url());
    expect(await tabTitles(page)).toEqual(storyOutcomes.map(({ name }) => name));
    const shown = await run(page);
    expect(shown.data).toMatchObject({ customer: { now: {} } });
    const stored = await page.evaluate('JSON.stringify(localStorage)');
    expect(stored).not.toMatch(/authorization/i);
    expect(stage.sandbox().callCount()).toBe(6);
  });

  it('opens the query of a link', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await page.goto(`${stage.url()}/graphql?query=${encodeURIComponent('query Linked { __typename }')}`);
    await expect.poll(() => tabTitles(page)).toContain('Linked');
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it.each(['on the first visit', 'beside the tabs of another'])(
    'opens the variables of a link with its query, %s, and again',
    async (visit) => {
      const { page } = await stage.visit();
      if (visit !== 'on the first visit') {
        await openExplorer(page, stage.url());
        await expect
          .poll(() => page.evaluate('Object.values(localStorage).join()'))
          .toContain('"activeTabIndex":0');
      }
      const query = 'query Linked($id: ID!) { node(id: $id) { id } }';
      const link = new URLSearchParams({ query, variables: '{"id":"from the link"}' });
      for (const id of ['from the link', 'from another link']) {
        link.set('variables', JSON.stringify({ id }));
        await page.goto(`${stage.url()}/graphql?${link}`);
        const variables = page.locator('.graphiql-editor-tool .view-lines').first();
        await expect.poll(async () => (await variables.innerText()).replaceAll('\u00a0', ' ')).toContain(id);
        await expect.poll(() => page.locator('.graphiql-query-editor').innerText()).toContain('Linked');
        expect(new URL(page.url()).searchParams.has('variables')).toBe(false);
        await expect.poll(() => page.evaluate('Object.values(localStorage).join()')).toContain(id);
      }
      expect(stage.sandbox().callCount()).toBe(0);
    },
  );
});

/** Whether the background of the page is light or dark. */
async function brightness(page: Page): Promise<'light' | 'dark'> {
  const ground = await page.evaluate(
    "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
  );
  const [red = 0] = /\d+/.exec(String(ground))?.map(Number) ?? [];
  return red > 128 ? 'light' : 'dark';
}
