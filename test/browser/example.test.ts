/** The member-points page of `examples/web` in a real browser, built, and on another origin than the gateway. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import { expectAccessible, find, rows, servePage } from './example-page.ts';
import { openStage } from './stage.ts';

const site = servePage(() => `${stage.url()}/graphql`);
const stage = openStage(async () => ({ CORS_ORIGINS: await site.open(), UPSTREAM_TIMEOUT_MS: '2000' }));

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

/** Opens the page in July 2026. Its slider then ends at the end of June. */
async function open(options: Parameters<typeof stage.visit>[0] = {}) {
  const { page, complaints } = await stage.visit({ viewport: desktop, locale: 'en-GB', ...options });
  await page.clock.setFixedTime('2026-07-15T12:00:00');
  await page.goto(site.url());
  return { page, complaints, calls: () => stage.sandbox().callCount() };
}

const nameOf = (page: Page) => page.locator('#member-name');
const problem = (page: Page, code: string) => page.locator(`.problem[data-code="${code}"]`);

/** Waits for the words at the end of a list that is whole. */
const wholeList = (page: Page) => page.getByText(/All \d+ balances are shown/).waitFor();

describe('a search', () => {
  it.each([
    ['Mobile', '447700900020', 'Arjun Mehta', 2],
    ['E-mail', 'lea.fontaine@example.com', 'Léa Fontaine', 2],
    ['External id', 'MR-1007', 'Sigrid Åkerström', 1],
    ['Card', '5010000000000007', 'Sigrid Åkerström', 1],
  ])('finds a member by %s', async (kind, value, name, most) => {
    const { page, calls } = await open();
    await find(page, kind, value);
    await nameOf(page).getByText(name).waitFor();
    await wholeList(page);
    expect(calls()).toBe(most);
  });

  it('says when there is nobody, and when nothing was typed', async () => {
    const { page, calls } = await open();
    await page.getByRole('button', { name: 'Find member' }).click();
    await page.getByText('Type the mobile number').waitFor();
    expect(calls()).toBe(0);
    await find(page, 'Mobile', '447700900999');
    await page.getByRole('heading', { name: 'No such member' }).waitFor();
    await expectAccessible(page);
    expect(calls()).toBe(1);
  });

  it('puts what is wrong with the value beside its field', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'x'.repeat(1001));
    await page
      .locator('form')
      .getByText(/1000 characters/)
      .waitFor();
    expect(calls()).toBe(0);
  });

  it('works by keys alone, and says what it found', async () => {
    const { page, calls } = await open();
    await page.getByRole('textbox').focus();
    await page.keyboard.type('447700900020');
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .getByText('Arjun Mehta: 12 balances, that is all')
      .waitFor({ state: 'attached' });
    expect(calls()).toBe(2);
  });

  it('shows the shape of the answer while it waits', async () => {
    const { page, calls } = await open();
    stage.sandbox().setFaults([{ kind: 'latency', ms: 300 }]);
    await find(page, 'Mobile', '447700900020');
    await page.locator('.skeletons').waitFor();
    await nameOf(page).waitFor();
    expect(await page.locator('.skeletons').count()).toBe(0);
    await wholeList(page);
    expect(calls()).toBe(2);
  });
});

describe('a list', () => {
  it('grows by scrolling to its end, each balance once, at two calls a page', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'many-entries');
    await nameOf(page).waitFor();
    await page.getByText('Largest balances so far').waitFor();
    // One screen and a little more is loaded, not the whole list.
    expect(calls()).toBeLessThan(6);
    await expect
      .poll(
        async () => {
          await page.keyboard.press('End');
          return (await rows(page)).length;
        },
        { timeout: 25_000 },
      )
      .toBe(137);
    await wholeList(page);
    const categories = (await rows(page)).map(([category]) => category);
    expect(new Set(categories).size).toBe(137);
    expect(calls()).toBe(14);
  });

  it('asks once for a page that is asked for twice at the same time', async () => {
    const { page, calls } = await open({ viewport: { width: 1280, height: 400 } });
    await find(page, 'External id', 'many-entries');
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    expect(calls()).toBe(2);
    await page.evaluate(`for (const time of [1, 2]) document.querySelector('.the-end button').click()`);
    await expect.poll(async () => (await rows(page)).length).toBe(40);
    expect(calls()).toBe(4);
  });

  it('shows every digit, and bars for the largest', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'long-decimals');
    await wholeList(page);
    expect(await rows(page)).toEqual([
      ['Main', '12,345,678,901,234,567,890.123'],
      ['Partner Points', '0.001'],
      ['Corrections', '-0.500'],
    ]);
    await page
      .getByRole('img', { name: /Main in Meridian Rewards: 12,345,678.9tn; Partner Points/ })
      .waitFor();
    expect(calls()).toBe(1);
  });

  it('is grouped by programme, and filtered by currency', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'currencies');
    await page.getByText('That is the only balance.').waitFor();
    await page.getByText('All currencies').click();
    await wholeList(page);
    expect(await page.locator('.programme h3').allInnerTexts()).toEqual([
      'Meridian Rewards',
      'Meridian Travel Club',
      'Meridian Kitchen',
    ]);
    await page.locator('label', { hasText: /^Miles$/ }).click();
    await expect.poll(() => rows(page)).toEqual([['Miles_PointCategoryMiles', '48,250.000']]);
    expect(calls()).toBe(3);
  });

  it('is of the date where the slider is let go, and is asked for only then', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'history');
    await expect.poll(() => rows(page)).toContainEqual(['Main', '800.000']);
    const track = await page.locator('.mantine-Slider-track').boundingBox();
    const { x = 0, y = 0, width = 0, height = 0 } = track ?? {};
    const at = (place: number) => [x + (width * place) / 36, y + height / 2] as const;
    await page.mouse.move(...at(36));
    await page.mouse.down();
    for (const place of [34, 31, 27]) await page.mouse.move(...at(place));
    await page.locator('output', { hasText: 'End of October 2025' }).waitFor();
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toBe('End of October 2025');
    expect(calls()).toBe(1);
    await page.mouse.up();
    await expect.poll(() => rows(page)).toEqual([['Main', '300.000']]);
    expect(calls()).toBe(2);
  });

  it('shows what the programme warns of', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'warning-texts');
    await page.getByText('Balance of one till is delayed').waitFor();
    expect(calls()).toBe(1);
  });
});

describe('a list that stops early', () => {
  it('waits for a press of a button, and goes on where it stopped', async () => {
    const { page, calls } = await open();
    stage.sandbox().setFaults([{ kind: 'server-error', pageNumber: 1, times: 1 }]);
    await find(page, 'External id', 'two-pages');
    await page.getByText(/The list stops here for now: the programme could not be reached/).waitFor();
    expect((await rows(page)).length).toBe(10);
    await expectAccessible(page);
    await page.mouse.wheel(0, 5000);
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await wholeList(page);
    expect((await rows(page)).length).toBe(17);
    expect(calls()).toBe(3);
  });

  it('keeps its balances when a whole page fails, and goes on from there', async () => {
    const { page, calls } = await open({ viewport: { width: 1280, height: 400 } });
    await find(page, 'External id', 'many-entries');
    await nameOf(page).waitFor();
    stage.sandbox().setFaults([{ kind: 'rate-limited', retryAfter: 1, times: 2 }]);
    await page.mouse.wheel(0, 9000);
    await page.locator('.stopped[data-stopped="RATE_LIMITED"]').waitFor();
    expect((await rows(page)).length).toBe(20);
    expect(await page.getByRole('button', { name: 'Go on in' }).isDisabled()).toBe(true);
    stage.sandbox().setFaults([]);
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await expect.poll(async () => (await rows(page)).length).toBeGreaterThan(20);
    expect(calls()).toBeGreaterThanOrEqual(5);
  });
});

/** An answer with this error, as the gateway sends it to the page's origin. */
function answerWith(code: string, retryable: boolean) {
  const extensions = { code, retryable, ...(retryable && { retryAfter: 60 }) };
  return {
    status: code === 'OVERLOADED' ? 503 : 200,
    headers: { 'access-control-allow-origin': site.url(), 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ message: 'Why it failed', extensions }] }),
  };
}

describe('a failure', () => {
  it('counts down while the budget is spent, and then tries again by itself', async () => {
    const { page, calls } = await open();
    stage.sandbox().setFaults([{ kind: 'rate-limited', retryAfter: 2, times: 1 }]);
    await find(page, 'Mobile', '447700900009');
    await problem(page, 'RATE_LIMITED').waitFor();
    await page
      .getByRole('timer')
      .getByText(/^Trying again in \d s$/)
      .waitFor();
    await nameOf(page).getByText("Siobhán O'Malley").waitFor();
    expect(calls()).toBe(2);
  });

  it('is named by its code, with the id of the request', async () => {
    const { page, calls } = await open();
    const members = [
      ['unavailable', 'UPSTREAM_UNAVAILABLE'],
      ['no-answer', 'UPSTREAM_TIMEOUT'],
      ['garbled', 'UPSTREAM_BAD_RESPONSE'],
      ['refused', 'UPSTREAM_REJECTED'],
      ['merged', 'CUSTOMER_MERGED'],
    ] as const;
    for (const [member, code] of members) {
      await find(page, 'External id', member);
      await problem(page, code).waitFor();
      await page.getByText(/^Reference [\w-]{36}$/).waitFor();
      await find(page, 'External id', 'one-page'); // A success keeps the breaker closed.
      await nameOf(page).waitFor();
    }
    expect(calls()).toBe(2 * members.length);
  });

  it('of the balances alone leaves the member, and other balances can be chosen', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'currencies');
    await nameOf(page).waitFor();
    const query = { includeAlternateCurrencies: 'true' };
    stage.sandbox().setFaults([{ kind: 'refusal', code: 9005, message: 'Not for this member', query }]);
    await page.getByText('All currencies').click();
    await problem(page, 'UPSTREAM_REJECTED').getByText('Not for this member').waitFor();
    await nameOf(page).getByText('Demo currencies').waitFor();
    await page.getByText('Points', { exact: true }).click();
    await expect.poll(() => rows(page)).toEqual([['Main', '30,000.000']]);
    expect(calls()).toBe(3);
  });

  it('to change the date leaves the member and the slider, and can be tried again', async () => {
    const { page, calls } = await open();
    await find(page, 'External id', 'history');
    await expect.poll(() => rows(page)).toContainEqual(['Main', '800.000']);
    stage.sandbox().setFaults([{ kind: 'server-error', times: 1 }]);
    await page.getByRole('slider').press('Home');
    await problem(page, 'UPSTREAM_UNAVAILABLE').waitFor();
    await nameOf(page).getByText('Demo history').waitFor();
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toBe('End of July 2023');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => rows(page)).toEqual([['Main', '100.000']]);
    expect(calls()).toBe(3);
  });

  it('is tried again by the page three times, and then only by hand', async () => {
    const { page } = await stage.visit({ viewport: desktop });
    await page.clock.install();
    await page.goto(site.url());
    let tries = 0;
    await page.route(`${stage.url()}/graphql`, (route) => {
      tries += 1;
      return route.fulfill(answerWith('RATE_LIMITED', true));
    });
    await find(page, 'Mobile', '447700900020');
    for (const before of [1, 2, 3]) {
      await expect.poll(() => tries).toBe(before);
      await page
        .getByRole('timer')
        .getByText(/^Trying again in \d+ s$/)
        .waitFor();
      await page.clock.runFor(61_000); // To the end of the countdown.
      await page.clock.runFor(2000); // And the random part of a second.
    }
    await expect.poll(() => tries).toBe(4);
    await page
      .getByRole('timer')
      .getByText(/^You can try again in \d+ s$/)
      .waitFor();
    await page.clock.runFor(61_000);
    await page.clock.runFor(2000);
    await page.getByRole('button', { name: 'Try again', disabled: false }).waitFor();
    expect(tries).toBe(4);
    expect(stage.sandbox().callCount()).toBe(0);
  });

  it('has words and a remedy of its own for every code', async () => {
    const { page, complaints, calls } = await open();
    for (const [code, { retryable }] of Object.entries(errorCodes)) {
      await page.route(`${stage.url()}/graphql`, (route) => route.fulfill(answerWith(code, retryable)));
      await find(page, 'Mobile', code);
      await problem(page, code).getByRole('heading').waitFor();
      const canRetry = retryable || code === 'INTERNAL_SERVER_ERROR';
      expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(canRetry ? 1 : 0);
    }
    expect(complaints.splice(0)).toEqual([expect.stringContaining('503')]);
    expect(calls()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('is accessible (%s)', async (colorScheme) => {
    const { page, calls } = await open({ colorScheme });
    for (const [code, retryable] of [
      ['RATE_LIMITED', true],
      ['UPSTREAM_REJECTED', false],
    ] as const) {
      await page.route(`${stage.url()}/graphql`, (route) => route.fulfill(answerWith(code, retryable)));
      await find(page, 'Mobile', code);
      await problem(page, code).waitFor();
      await expectAccessible(page);
    }
    expect(calls()).toBe(0);
  });

  it('to connect has words of its own, and a way to try again', async () => {
    const { page, complaints, calls } = await open();
    await page.route(`${stage.url()}/graphql`, (route) => route.abort());
    await find(page, 'Mobile', '447700900020');
    await problem(page, 'UNREACHABLE').waitFor();
    await page.unroute(`${stage.url()}/graphql`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await wholeList(page);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('ERR_FAILED')]);
    expect(calls()).toBe(2);
  });
});

describe('the page', () => {
  it.each([
    { viewport: desktop, colorScheme: 'light' },
    { viewport: desktop, colorScheme: 'dark' },
    { viewport: phone, colorScheme: 'light' },
    { viewport: phone, colorScheme: 'dark' },
  ] as const)('is accessible and fits the screen: %o', async (screen) => {
    const { page, calls } = await open(screen);
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expectAccessible(page);
    await find(page, 'Mobile', '447700900020');
    await wholeList(page);
    await page.getByText('Largest balances').waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(beyond)).toBe(0);
    expect(calls()).toBe(2);
  });
});
