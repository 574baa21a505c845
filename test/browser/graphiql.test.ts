/**
 * GraphiQL in a real browser that reaches nothing but this machine: every tab runs as it stands, and nothing is
 * complained about.
 */
import { describe, expect, it } from 'vitest';
import { chooseTab, openExplorer, run, type Shown, tabTitles } from './explorer.ts';
import { openStage } from './stage.ts';

const stage = openStage({ UPSTREAM_TIMEOUT_MS: '500' });

const codes = ({ errors }: Shown) => errors?.map(({ extensions }) => extensions.code) ?? [];

/** What each tab comes to. Failing calls may be tried again, so that theirs is the least number. */
const story: readonly { tab: string; calls: number; atLeast?: true; codes: string[]; data: unknown }[] = [
  {
    tab: 'FirstPage',
    calls: 1,
    codes: [],
    data: { customer: { firstName: 'Amara', ledgerBalance: { pageInfo: { hasNextPage: true } } } },
  },
  {
    tab: 'NextPage',
    calls: 1,
    codes: [],
    data: { customer: { ledgerBalance: { pageInfo: { hasPreviousPage: true, hasNextPage: true } } } },
  },
  {
    tab: 'TwoDates',
    calls: 3,
    codes: [],
    data: {
      customer: {
        before: { nodes: [{ closingBalance: '100.000' }] },
        after: { nodes: [{ closingBalance: '800.000' }, { closingBalance: '25.000' }] },
      },
    },
  },
  {
    tab: 'Currencies',
    calls: 3,
    codes: [],
    data: {
      customer: { named: { nodes: [{ alternateCurrency: 'Gold' }, { alternateCurrency: 'Miles' }] } },
    },
  },
  {
    tab: 'SeveralMembers',
    calls: 3,
    codes: [],
    data: { customers: [{ firstName: 'Amara' }, { lastName: 'history' }, null] },
  },
  {
    tab: 'OtherIdentifiers',
    calls: 3,
    codes: [],
    data: {
      byMobile: { userId: '502522001' },
      byEmail: { userId: '502522001' },
      fromTheWebShop: { externalId: 'web-shop' },
    },
  },
  {
    tab: 'EndsEarly',
    calls: 2,
    atLeast: true,
    codes: [],
    data: {
      customer: {
        ledgerBalance: { pageInfo: { hasNextPage: true }, warnings: [{ code: 'LIST_INCOMPLETE' }] },
      },
    },
  },
  { tab: 'WrongArgument', calls: 0, codes: ['BAD_USER_INPUT'], data: { customer: null } },
  {
    tab: 'Refusals',
    calls: 3,
    codes: ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'],
    data: { customer: { unknownCurrency: null }, mergedMember: null },
  },
  {
    tab: 'Outages',
    calls: 4,
    atLeast: true,
    codes: ['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_BAD_RESPONSE'],
    data: { rateLimited: null, unavailable: null, garbled: null, well: { firstName: 'Demo' } },
  },
  { tab: 'NoAnswer', calls: 1, atLeast: true, codes: ['UPSTREAM_TIMEOUT'], data: { customer: null } },
  { tab: 'TooExpensive', calls: 0, codes: ['OPERATION_TOO_EXPENSIVE'], data: { customer: null } },
  { tab: 'NotInSchema', calls: 0, codes: ['GRAPHQL_VALIDATION_FAILED'], data: undefined },
];

describe('GraphiQL', () => {
  it('opens on tabs that tell the story in order', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    expect(await page.title()).toBe('Ledger balances · GraphiQL');
    expect(await tabTitles(page)).toEqual(story.map(({ tab }) => tab));
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('runs every tab as it stands, one after the other, and shows what came of it', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    for (const { tab, calls, atLeast, codes: expected, data } of story) {
      stage.sandbox().reset();
      await chooseTab(page, tab);
      const shown = await run(page);
      expect([...codes(shown)].sort(), tab).toEqual([...expected].sort());
      expect(shown.data ?? undefined, tab).toEqual(data === undefined ? undefined : expect.anything());
      if (data !== undefined) expect(shown.data, tab).toMatchObject(data as object);
      if (atLeast) expect(stage.sandbox().callCount(), tab).toBeGreaterThanOrEqual(calls);
      else expect(stage.sandbox().callCount(), tab).toBe(calls);
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

  it('opens the docs, which say what each thing means', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await page.getByRole('button', { name: /documentation/i }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByText('Query', { exact: true }).click();
    await docs.getByText('A customer by an identifier. Null: there is no such customer.').waitFor();
    await docs.getByText('Customer', { exact: true }).first().click();
    await docs.getByText('ledgerBalance', { exact: true }).click();
    await docs.getByText('Balances as of this moment. Default: now.').waitFor();
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('follows the system in its colours (%s)', async (colorScheme) => {
    const { page } = await stage.visit({ colorScheme });
    await openExplorer(page, stage.url());
    const ground = await page.evaluate(
      "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
    );
    const [red = 0] = /\d+/.exec(String(ground))?.map(Number) ?? [];
    expect(red > 128).toBe(colorScheme === 'light');
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('keeps its tabs when it is opened again, adds none, and keeps credentials nowhere', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await chooseTab(page, 'TwoDates');
    await run(page);
    await openExplorer(page, stage.url());
    expect(await tabTitles(page)).toEqual(story.map(({ tab }) => tab));
    const shown = await run(page);
    expect(shown.data).toMatchObject({ customer: { now: {} } });
    const stored = await page.evaluate('JSON.stringify(localStorage)');
    expect(stored).not.toMatch(/authorization/i);
    expect(stage.sandbox().callCount()).toBe(6);
  });

  it('does not show what another GraphiQL left behind at this address', async () => {
    const { page } = await stage.visit();
    await page.goto(`${stage.url()}/favicon.svg`);
    const foreign = { id: '1', title: 'Foreign', query: '{ foreign }', variables: null, headers: null };
    const state = { activeTabIndex: 0, tabs: [{ ...foreign, operationName: null, response: null }] };
    await page.evaluate(
      `localStorage.setItem('graphiql:tabState', ${JSON.stringify(JSON.stringify(state))})`,
    );
    await openExplorer(page, stage.url());
    expect(await tabTitles(page)).toEqual(story.map(({ tab }) => tab));
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('opens a query that a link brings', async () => {
    const { page } = await stage.visit();
    await openExplorer(page, stage.url());
    await page.goto(`${stage.url()}/graphql?query=${encodeURIComponent('query Linked { __typename }')}`);
    await expect.poll(() => tabTitles(page)).toContain('Linked');
    expect(stage.sandbox().callCount()).toBe(0);
  });
});
