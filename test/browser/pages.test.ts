/**
 * The landing page and the sandbox's control page in a real browser, and how a fault that is switched on there
 * looks in GraphiQL.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openExplorer, run } from './explorer.ts';
import { openStage } from './stage.ts';

const stage = openStage();

/** 0 if the page fits the width of the screen. */
async function widthBeyondScreen(page: Page): Promise<unknown> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

const screens = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 360, height: 800, colorScheme: 'dark' },
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
    expect(links).toEqual(['graphql', 'sandbox', 'schema.graphql', 'readyz']);
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

  it('copies the identifier of a member', async () => {
    const { page } = await stage.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    await page.getByRole('button', { name: 'externalId many-entries' }).click();
    await page.getByText('Copied: many-entries').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('many-entries');
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it.each(screens)('fits the screen ($colorScheme, $width wide)', async ({ width, height, colorScheme }) => {
    const { page } = await stage.visit({ colorScheme, viewport: { width, height } });
    stage.sandbox().setFaults([{ kind: 'latency', ms: 600_000, query: { identifierName: 'externalId' } }]);
    await page.goto(`${stage.sandbox().url}/_sandbox`);
    await page.locator('#faults code', { hasText: 'latency' }).waitFor();
    expect(await widthBeyondScreen(page)).toBe(0);
    expect(stage.sandbox().callCount()).toBe(0);
  });
});
