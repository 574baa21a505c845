/**
 * The landing page and the sandbox's control page in a real browser, and how a fault that is switched on there
 * looks in GraphiQL.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { ledgerPath } from '../../src/sandbox/endpoint/endpoint.ts';
import { openExplorer, run } from './explorer.ts';
import { openStage } from './stage.ts';

const stage = openStage();

/** 0 if the page fits the width of the screen. */
async function widthBeyondScreen(page: Page): Promise<unknown> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

const screens = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

describe('the landing page', () => {
  it.each(screens)('has a link to every page ($colorScheme, $width wide)', async (screen) => {
    const { width, height, colorScheme } = screen;
    const { page } = await stage.visit({ colorScheme, viewport: { width, height } });
    await page.goto(stage.url());
    expect(await widthBeyondScreen(page)).toBe(0);
    const links = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const documents = ['README.md', 'docs/clients.md', 'docs/errors.md', 'docs/sandbox.md'];
    expect(links).toEqual(['graphql', 'sandbox', ...documents, 'schema.graphql', 'readyz']);
    for (const link of links) {
      await page.goto(stage.url());
      const [response] = await Promise.all([
        page.waitForEvent(
          'response',
          (response) => response.ok() && response.request().isNavigationRequest(),
        ),
        page.locator(`nav a[href="${link}"]`).click(),
      ]);
      expect([link, response.status()]).toEqual([link, 200]);
    }
    expect(stage.sandbox().callCount()).toBe(0);
  });
});

describe('the control page', () => {
  it('switches a fault on, which GraphiQL then shows, and starts over', async () => {
    const control = (await stage.visit()).page;
    const graphiql = (await stage.visit()).page;
    await openExplorer(graphiql, stage.url());
    await control.goto(`${stage.sandbox().url}/_sandbox`);
    await control.getByText('None: all is well.').waitFor();

    await control.getByRole('button', { name: /^429/ }).click();
    await control.locator('#faults code', { hasText: 'rate-limited' }).waitFor();
    const failed = await run(graphiql);
    expect(failed.errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryable: true, retryAfter: 1 });
    await control.locator('#calls tbody tr', { hasText: '429' }).first().waitFor();

    await control.getByRole('button', { name: 'Start over' }).click();
    await control.getByText('None: all is well.').waitFor();
    expect(await control.locator('#calls tbody tr').count()).toBe(0);
    const healed = await run(graphiql);
    expect(healed).toMatchObject({ data: { customer: { firstName: 'Amara' } } });
    await control.locator('#calls tbody tr', { hasText: '447700900001' }).waitFor();
    expect(stage.sandbox().callCount()).toBe(1);
  });

  it('takes any fault as JSON, says what is wrong with one, and switches one of several off', async () => {
    const { page, complaints } = await stage.visit();
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    await page.getByText('Any other fault').click();
    const own = page.getByRole('textbox', { name: 'A fault as JSON' });
    await own.fill('{ "kind": "flood" }');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText(/^kind: expected one of latency/).waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('status of 400')]);
    for (const fault of [{ kind: 'html', every: 2 }, { kind: 'reset' }]) {
      await own.fill(JSON.stringify(fault));
      await page.getByRole('button', { name: 'Switch on' }).click();
      await page.locator('#faults code', { hasText: fault.kind }).waitFor();
    }
    await page.locator('#faults tr', { hasText: 'html' }).getByRole('button', { name: 'Off' }).click();
    await expect.poll(() => stage.sandbox().faults()).toEqual([{ fault: { kind: 'reset' }, hits: 0 }]);
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('switches a fault off by a second click, also by one that comes at once, and a spent one on anew', async () => {
    const { page } = await stage.visit();
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    const button = page.getByRole('button', { name: /^503 once/ });
    const faults = () => stage.sandbox().faults();
    await button.click();
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    expect(faults()).toEqual([{ fault: { kind: 'server-error', times: 1 }, hits: 0 }]);
    await askUpstream(stage.sandbox().url);
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('false');
    await page.locator('#faults tr', { hasText: '1, spent' }).waitFor();
    await button.click();
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    expect(faults()).toEqual([{ fault: { kind: 'server-error', times: 1 }, hits: 0 }]);
    await button.click();
    await page.getByText('None: all is well.').waitFor();
    await button.dblclick();
    await page.getByRole('button', { name: /^HTML/ }).click();
    await expect.poll(() => faults().map(({ fault }) => fault)).toEqual([{ kind: 'html' }]);
    expect(stage.sandbox().callCount()).toBe(1);
  });

  it('copies an identifier as variables, and opens GraphiQL with a query for it', async () => {
    const { page } = await stage.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    await page.getByRole('button', { name: 'LINE · line-japan line-7' }).click();
    await page.getByText(/^Copied:/).waitFor();
    const identifier = { name: 'EXTERNAL_ID', value: 'line-7', source: 'LINE', accountId: 'line-japan' };
    expect(JSON.parse(String(await page.evaluate('navigator.clipboard.readText()')))).toEqual({ identifier });
    const [graphiql] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('tr', { hasText: 'line-japan' }).getByRole('link', { name: 'GraphiQL' }).click(),
    ]);
    await graphiql.locator('.graphiql-query-editor').getByText('Member').waitFor();
    expect(await run(graphiql)).toMatchObject({ data: { customer: { ledgerBalance: { totalCount: 1 } } } });
    await page.getByRole('link', { name: '← Gateway' }).click();
    await page.getByRole('heading', { name: 'Ledger balances' }).waitFor();
    expect(stage.sandbox().callCount()).toBe(1);
  });

  it.each(screens)('fits the screen, and cuts nothing ($colorScheme, $width wide)', async (screen) => {
    const { width, height, colorScheme } = screen;
    const { page } = await stage.visit({ colorScheme, viewport: { width, height } });
    stage
      .sandbox()
      .setFaults([
        { kind: 'latency', ms: 0, query: { identifierName: 'externalId' }, identifierValue: 'x'.repeat(60) },
      ]);
    await askUpstream(stage.sandbox().url, {
      identifierValue: 'y'.repeat(60),
      alternateCurrencyNames: 'Gold',
    });
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    await page.locator('#faults code', { hasText: 'latency' }).waitFor();
    await page.locator('#calls td', { hasText: 'currencies: Gold' }).waitFor();
    expect(await widthBeyondScreen(page)).toBe(0);
    const cut = await page
      .locator('section, section *')
      .evaluateAll((all) =>
        all
          .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
          .map(({ tagName, textContent }) => `${tagName} ${textContent?.slice(0, 40)}`),
      );
    expect(cut).toEqual([]);
    expect(stage.sandbox().callCount()).toBe(1);
  });
});

/** Calls the sandbox as a gateway does. */
async function askUpstream(url: string, parameters: Readonly<Record<string, string>> = {}): Promise<void> {
  const { user, password } = demoCredentials.basic;
  const query = new URLSearchParams({
    identifierName: 'mobile',
    identifierValue: '447700900001',
    source: 'INSTORE',
    ...parameters,
  });
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  await fetch(`${url}${ledgerPath}?${query}`, { headers: { authorization } });
}
