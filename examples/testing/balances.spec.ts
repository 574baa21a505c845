/** Tests of a page, with Playwright. They run side by side: a fault of one test hits no other. */

import { test as base, expect } from '@playwright/test';
import { openSandbox, type TestSandbox } from './sandbox.ts';

const sandboxUrl = process.env['CONTROL_URL'] ?? 'http://127.0.0.1:4010';

/** A test with a sandbox of its own. The browser sends the test's id with every request. */
const test = base.extend<{ sandbox: TestSandbox }>({
  sandbox: async ({ context }, use) => {
    const sandbox = openSandbox(sandboxUrl);
    await context.setExtraHTTPHeaders(sandbox.headers);
    await use(sandbox);
    await sandbox.end();
  },
});

test('shows the points', async ({ page, sandbox }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Show my points' }).click();
  await expect(page.getByText('1628.500 points')).toBeVisible();
  expect(await sandbox.callCount()).toBe(1);
});

test('asks to try again while the endpoint fails, and shows the points after that', async ({
  page,
  sandbox,
}) => {
  await sandbox.fail({ kind: 'rate-limited', retryAfter: 1 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Show my points' }).click();
  await expect(page.getByText('Please try again')).toBeVisible();
  await sandbox.end();
  await expect(async () => {
    await page.getByRole('button', { name: 'Show my points' }).click();
    await expect(page.getByText('1628.500 points')).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('says that it is loading while the endpoint is slow', async ({ page, sandbox }) => {
  await sandbox.fail({ kind: 'latency', ms: 1000 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Show my points' }).click();
  await expect(page.getByText('Loading')).toBeVisible();
  await expect(page.getByText('1628.500 points')).toBeVisible();
});
