/** The sandbox behind the gateway, over HTTP, which the tests of one file share. Each test counts the calls it caused. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openSite, type Site } from '../../test/pages/site.ts';

/** The shared parts. They are open while a test runs. */
export type KitStage = {
  /** The URL of the endpoint. */
  readonly url: () => string;
  readonly sandbox: () => Sandbox;
  /** Moves the gateway's clock. */
  readonly wait: (seconds: number) => void;
};

/** Opens everything before the tests of a file. Each test begins without faults, and must count the calls; the console stays empty. */
export function openKitStage(): KitStage {
  let site: Site | undefined;
  let waitedMs = 0;
  let isCounted = false;
  let spies: readonly MockInstance[] = [];
  const opened = (): Site => {
    if (site === undefined) throw new Error('The stage is open while a test runs, and then only');
    return site;
  };
  const wait = (seconds: number) => {
    waitedMs += seconds * 1000;
  };
  beforeAll(async () => {
    site = await openSite({}, { now: () => performance.now() + waitedMs });
  });
  beforeEach(() => {
    opened().sandbox.reset();
    wait(120); // What an earlier test did to the budget and the breaker is over.
    isCounted = false;
    spies = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
  });
  afterEach(({ task }) => {
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    if (!isCounted && task.result?.state !== 'fail') throw new Error('The test did not count the calls');
  });
  afterAll(() => site?.close());
  const callCount = () => {
    isCounted = true;
    return opened().sandbox.callCount();
  };
  return { url: () => `${opened().url}/graphql`, sandbox: () => ({ ...opened().sandbox, callCount }), wait };
}
