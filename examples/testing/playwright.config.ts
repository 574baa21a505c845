/** Playwright starts the sandbox and the page under test, or uses them if they run already. */

import { defineConfig } from '@playwright/test';

const {
  GATEWAY_URL = 'http://127.0.0.1:4000',
  CONTROL_URL = 'http://127.0.0.1:4010',
  APP_PORT = '4020',
  LEDGER_SANDBOX = 'node node_modules/ledger-balance-gateway/main.js sandbox',
  CHROMIUM_PATH,
} = process.env;
const appUrl = `http://127.0.0.1:${APP_PORT}`;
const ports = `--port ${new URL(GATEWAY_URL).port} --control-port ${new URL(CONTROL_URL).port}`;

export default defineConfig({
  testMatch: '*.spec.ts',
  fullyParallel: true,
  workers: 2,
  use: {
    baseURL: appUrl,
    // Chromium of the system. Without CHROMIUM_PATH, Playwright's own: `npx playwright install chromium`.
    launchOptions: CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH, args: ['--no-sandbox'] } : {},
  },
  webServer: [
    { command: `${LEDGER_SANDBOX} ${ports}`, url: `${GATEWAY_URL}/readyz`, reuseExistingServer: true },
    { command: 'node app.js', url: appUrl, reuseExistingServer: true },
  ],
});
