/** The browser, the gateway and the sandbox that the browser tests of one file share. */

import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openSite, type Site } from '../pages/site.ts';
import { beginVisit, launchBrowser, type Visit } from './visitor.ts';

/** The shared parts. They are open while a test runs. */
export type Stage = {
  readonly url: () => string;
  readonly sandbox: () => Sandbox;
  /**
   * Begins a visit, with a sandbox without calls. It ends with the test, which fails if the browser complained. The window is
   * high, so that editors have all their lines in the page.
   */
  readonly visit: (options?: BrowserContextOptions) => Promise<Visit>;
};

type Settings = Readonly<Record<string, string>>;

/** Opens everything before the tests of a file and closes it after them. Settings may need something opened first. */
export function openStage(env: Settings | (() => Promise<Settings>) = {}): Stage {
  let browser: Browser | undefined;
  let site: Site | undefined;
  const opened = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('The stage is open while a test runs, and then only');
    return part;
  };
  beforeAll(async () => {
    const settings = typeof env === 'function' ? await env() : env;
    [browser, site] = await Promise.all([launchBrowser(), openSite(settings)]);
  }, 60_000); // What is opened first may be built first.
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close()]);
  });
  return {
    url: () => opened(site).url,
    sandbox: () => opened(site).sandbox,
    async visit(options) {
      opened(site).sandbox.reset();
      const viewport = { width: 1440, height: 2400 };
      const visit = await beginVisit(opened(browser), { viewport, ...options });
      onTestFinished(async () => {
        await visit.end();
        expect(visit.complaints).toEqual([]);
      });
      return visit;
    },
  };
}
