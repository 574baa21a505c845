/** A client that pipelines requests on one connection and leaves: none of them goes on. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';
import { serve } from './listening.ts';
import { threeMembers } from './members.ts';

const requests = 20;

/** A whole request for a customer of its own, as bytes. */
const requestFor = (value: number) => {
  const query = `{ customer(identifier: { name: MOBILE, value: "${value}" }) { userId } }`;
  const body = JSON.stringify({ query });
  const headers = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  return ['POST /graphql HTTP/1.1', ...headers, '', body].join('\r\n');
};

/** Sends them all, leaves when each has its call, and gives the milliseconds until every call has ended. */
async function timeLeaving(url: string, sandbox: Harness['sandbox']): Promise<number> {
  sandbox.reset();
  sandbox.setFaults([{ kind: 'hang' }]);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Array.from({ length: requests }, (_, n) => requestFor(n)).join(''));
  await sandbox.until(({ length }) => length === requests);
  const leftAt = performance.now();
  socket.destroy();
  await sandbox.until((calls) => calls.every(({ outcome }) => outcome === 'client-gone'));
  return performance.now() - leftAt;
}

it('ends the calls of all its requests within 50 ms after a client leaves, and logs each as aborted', async () => {
  const harness = await startHarness({ members: threeMembers }, { UPSTREAM_TIMEOUT_MS: '600000' });
  const url = await serve(harness);
  // The best of a few rounds counts: a machine that has other things to do may not run a thread for 50 ms.
  let rounds = 1;
  while ((await timeLeaving(url, harness.sandbox)) > 50) expect(++rounds).toBeLessThanOrEqual(5);
  await expect.poll(() => harness.logLines).toHaveLength(rounds * requests);
  expect(new Set(harness.logLines.map(({ outcome }) => outcome))).toEqual(new Set(['aborted']));
  expect(harness.sandbox.callCount()).toBe(requests);
});
