/** A person at a browser: a real Chromium that reaches only this machine, with a list of its complaints. */

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findProgram, programs } from '../../.ci/programs.ts';

/** Starts the browser with a profile of its own. It fails if no browser is installed, and says how to install one. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findProgram(programs.chromium, process.env, existsSync);
  if (executablePath === undefined) throw new Error(programs.chromium.missing);
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A request that passes the routes below finds neither a name nor a proxy.
      '--no-proxy-server',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** One visit: a page, and the complaints about it. */
export type Visit = {
  readonly page: Page;
  /** Requests beyond this machine, errors and warnings of the console, uncaught errors, violations of the policy. */
  readonly complaints: string[];
  readonly end: () => Promise<void>;
};

/** Opens an empty page in a context of its own. */
export async function beginVisit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ serviceWorkers: 'block', ...options });
  const complaints: string[] = [];
  await context.route(isForeign, async (route) => {
    complaints.push(`foreign request: ${route.request().url()}`);
    await route.abort();
  });
  // The console does not name every violation; the event does, in the page and before any script of the page.
  await context.exposeFunction('tellViolation', (text: string) => complaints.push(`violation: ${text}`));
  await context.addInitScript({ content: tellViolations });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => complaints.push(`uncaught: ${message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  return { page, complaints, end: () => context.close() };
}

const tellViolations = `document.addEventListener('securitypolicyviolation', (event) =>
  tellViolation(event.effectiveDirective + ' ' + event.blockedURI));`;

function isForeign(url: URL): boolean {
  return ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.hostname !== '127.0.0.1';
}
