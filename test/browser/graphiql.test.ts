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

  it('opens the query of a link, and shows its tab', async () => {
    const { page } = await stage.visit({ viewport: { width: 1280, height: 800 } });
    await openExplorer(page, stage.url());
    await page.goto(`${stage.url()}/graphql?query=${encodeURIComponent('query Linked { __typename }')}`);
    await expect.poll(() => tabTitles(page)).toContain('Linked');
    await expect.poll(() => isTabInSight(page, 'Linked')).toBe(true);
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
        await expect.poll(() => variablesOf(page)).toContain(id);
        await expect.poll(() => page.locator('.graphiql-query-editor').innerText()).toContain('Linked');
        await expect.poll(() => page.evaluate('Object.values(localStorage).join()')).toContain(id);
      }
      expect(stage.sandbox().callCount()).toBe(0);
    },
  );

  it('has a link to the open tab in the address, with variables that the server never sees', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    const query = 'query Linked($id: ID!) { node(id: $id) { id } }';
    const variables = '{"id":"of a customer"}';
    await page.goto(`${stage.url()}/graphql?${new URLSearchParams({ query, variables })}`);
    await expect.poll(() => page.url()).toContain('of+a+customer');
    const link = page.url();
    expect(new URL(link).search).toBe('');
    await chooseTab(page, 'NextPage');
    await expect.poll(() => page.url()).toBe(`${stage.url()}/graphql`);
    const other = (await stage.visit()).page;
    await other.goto(link);
    await expect.poll(() => variablesOf(other)).toContain('of a customer');
    expect((await tabTitles(other)).filter((title) => title === 'Linked')).toHaveLength(1);
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('keeps a history of what ran, without headers, also after the page is loaded again', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)').click();
    await page.keyboard.insertText('{"Authorization":"Basic never-stored"}');
    await run(page);
    await openExplorer(page, stage.url());
    await page.getByRole('button', { name: /history/i }).click();
    await page.locator('.graphiql-history').getByText('FirstPage').waitFor();
    const stored = await page.evaluate('JSON.stringify(localStorage)');
    expect(stored).toContain('graphiql:queries');
    expect(stored).not.toContain('never-stored');
    expect(stage.sandbox().callCount()).toBe(1);
  });
});

describe('GraphiQL on a screen of 1280 pixels', () => {
  it('shows all tabs of the story, and every line of each', async () => {
    const { page } = await stage.visit({ viewport: { width: 1280, height: 1500 } });
    await openExplorer(page, stage.url());
    for (const { name } of storyOutcomes) {
      expect([name, await isTabInSight(page, name)]).toEqual([name, true]);
      await chooseTab(page, name);
      expect([name, await widthOfHiddenText(page)]).toEqual([name, 0]);
    }
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('shows a tab that is opened beyond the edge, also when a pane opens beside it', async () => {
    const { page } = await stage.visit({ viewport: { width: 1280, height: 800 } });
    await openExplorer(page, stage.url());
    for (let count = 0; count < 3; count += 1) await page.locator('.graphiql-tab-add').click();
    await expect.poll(() => isTabInSight(page)).toBe(true);
    await page.getByRole('button', { name: /history/i }).click();
    await page.locator('.graphiql-history').waitFor();
    await expect.poll(() => isTabInSight(page)).toBe(true);
    expect(stage.sandbox().callCount()).toBe(0);
  });
});

describe('GraphiQL on a phone', () => {
  it('shows editor and answer one above the other, each over the whole width, and wraps the lines of the query', async () => {
    const { page } = await stage.visit({ viewport: { width: 390, height: 844 }, isMobile: true });
    await openExplorer(page, stage.url());
    await Promise.all([page.waitForResponse(/graphql$/), page.locator('.graphiql-execute-button').click()]);
    await page.locator('.graphiql-response').getByText('"Amara"').waitFor();
    const line = page
      .locator('.graphiql-query-editor .view-line span span')
      .filter({ hasText: 'this' })
      .first();
    expect(await line.evaluate((text) => text.getBoundingClientRect().right)).toBeLessThan(390);
    const boxOf = async (selector: string) => await page.locator(selector).boundingBox();
    const [editor, answer] = [await boxOf('.graphiql-query-editor'), await boxOf('.graphiql-response')];
    expect([editor?.width, answer?.width]).toEqual([390, 390]);
    expect(answer?.y).toBeGreaterThan((editor?.y ?? 0) + (editor?.height ?? 0));
    expect(answer?.height).toBeGreaterThan(200);
    await page.getByRole('button', { name: /documentation/i }).click();
    await expect.poll(async () => (await boxOf('.graphiql-plugin'))?.width).toBe(390);
    expect(stage.sandbox().callCount()).toBe(1);
  });
});

/** The variables that the editor shows. */
async function variablesOf(page: Page): Promise<string> {
  const lines = page.locator('.graphiql-editor-tool .view-lines').first();
  return (await lines.innerText()).replaceAll('\u00a0', ' ');
}

/** Whether a tab stands whole within the strip; without a title, the active tab. */
async function isTabInSight(page: Page, title?: string): Promise<boolean> {
  const tab = title === undefined ? '.graphiql-tab-active' : `.graphiql-tab:has-text("${title}")`;
  const [inner, strip] = await Promise.all([
    page.locator(tab).boundingBox(),
    page.locator('.graphiql-tabs').boundingBox(),
  ]);
  if (inner === null || strip === null) return false;
  return inner.x >= strip.x - 1 && inner.x + inner.width <= strip.x + strip.width + 1;
}

/** How many pixels of the longest line of the query are out of sight. */
async function widthOfHiddenText(page: Page): Promise<unknown> {
  return await page.evaluate(`(() => {
    const editor = document.querySelector('.graphiql-query-editor .graphiql-editor').getBoundingClientRect();
    const lines = [...document.querySelectorAll('.graphiql-query-editor .view-line > span')];
    const right = Math.max(...lines.map((line) => line.getBoundingClientRect().right));
    return Math.max(0, Math.round(right - editor.right));
  })()`);
}

/** Whether the background of the page is light or dark. */
async function brightness(page: Page): Promise<'light' | 'dark'> {
  const ground = await page.evaluate(
    "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
  );
  const [red = 0] = /\d+/.exec(String(ground))?.map(Number) ?? [];
  return red > 128 ? 'light' : 'dark';
}
