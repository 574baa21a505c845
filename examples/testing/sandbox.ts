/**
 * The sandbox as one test sees it. Every request of the test carries the test's id as `x-request-id`, and a fault hits the
 * requests of this test alone. So tests can run side by side against one sandbox.
 */

import { randomUUID } from 'node:crypto';

/** The sandbox for one test. */
export type TestSandbox = {
  /** Headers for every request of the test. */
  readonly headers: Readonly<Record<string, string>>;
  /** Switches a fault on, such as `{ kind: 'server-error' }`. Rejects with the sandbox's words if it knows no such fault. */
  readonly fail: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  /** How many upstream calls the test has caused. */
  readonly callCount: () => Promise<number>;
  /** Switches the faults of the test off. */
  readonly end: () => Promise<void>;
};

/** Opens the sandbox for one test. `url` is that of the control endpoints, such as `http://127.0.0.1:4010`. */
export function openSandbox(url: string): TestSandbox {
  const id = randomUUID();
  return {
    headers: { 'x-request-id': id },
    async fail(fault) {
      const body = JSON.stringify({ ...fault, onlyFor: id });
      const answer = await fetch(`${url}/_sandbox/faults`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async callCount() {
      const answer = await fetch(`${url}/_sandbox/calls?onlyFor=${id}`);
      const { ledger } = (await answer.json()) as { ledger: { count: number } };
      return ledger.count;
    },
    async end() {
      await fetch(`${url}/_sandbox/faults?onlyFor=${id}`, { method: 'DELETE' });
    },
  };
}
