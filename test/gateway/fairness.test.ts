/** Clients that share a gateway are served in turn: one that asks for much does not delay the others. */

import { request } from 'node:http';
import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { customersDetails, details } from '../operations.ts';
import { type Harness, startHarness } from './harness.ts';
import { serve } from './listening.ts';
import { byMobile } from './members.ts';

const greedy = ['1', '2', '3', '4', '5', '6'];
const modest = '7';

type ForwardedFor = Readonly<Record<string, string>>;
const from = (...addresses: readonly string[]): ForwardedFor => ({
  'x-forwarded-for': addresses.join(', '),
});

/** A gateway that makes one call at a time, each of which takes a while. */
async function open(env: Readonly<Record<string, string>>): Promise<Harness> {
  const harness = await startHarness({}, { UPSTREAM_MAX_CONCURRENCY: '1', ...env });
  harness.sandbox.setFaults([{ kind: 'latency', ms: 50 }]);
  return harness;
}

/** The number, in order, of the call of a client that asks for one page after all others have asked. */
async function turnOf(harness: Harness, greedyFrom: ForwardedFor, modestFrom: ForwardedFor) {
  const many = harness.ask(customersDetails, { identifiers: greedy.map(byMobile) }, greedyFrom);
  await harness.sandbox.until(({ length }) => length === 1);
  await Promise.all([many, harness.ask(details, { identifier: byMobile(modest) }, modestFrom)]);
  expect(harness.sandbox.callCount()).toBe(greedy.length + 1);
  return harness.sandbox.calls().findIndex(({ query }) => query['identifierValue'] === modest) + 1;
}

describe('TRUSTED_PROXIES', () => {
  it.each<[string, string, [ForwardedFor, ForwardedFor], number]>([
    ['0', 'takes all behind one connection for one client', [from('203.0.113.1'), from('203.0.113.2')], 7],
    ['1', 'clients of one balancer have keys of their own', [from('203.0.113.1'), from('203.0.113.2')], 3],
    ['1', 'believes no client', [from('made up', '203.0.113.1'), from('too', '203.0.113.1')], 7],
    ['1', 'takes an IPv6 network for one client', [from('2001:db8:1:2::3'), from('2001:db8:1:2::4')], 7],
    ['2', 'a second proxy is skipped', [from('203.0.113.1', '10.0.0.1'), from('203.0.113.2', '10.0.0.1')], 3],
  ])('of %s %s', async (TRUSTED_PROXIES, _, [many, one], turn) => {
    expect(await turnOf(await open({ TRUSTED_PROXIES }), many, one)).toBe(turn);
  });

  it('reads several X-Forwarded-For headers as one list, because HAProxy adds a second header', async () => {
    const harness = await open({ TRUSTED_PROXIES: '1' });
    const url = await serve(harness);
    const send = (query: string, variables: unknown, ...addresses: readonly string[]) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': [...addresses] };
        request(url, { method: 'POST', headers }, (response) => response.resume().once('end', resolve))
          .once('error', reject)
          .end(JSON.stringify({ query, variables }));
      });
    const identifiers = greedy.map(byMobile);
    const many = send(print(customersDetails), { identifiers }, '203.0.113.2', '203.0.113.1');
    await harness.sandbox.until(({ length }) => length === 1);
    const identifier = byMobile(modest);
    await Promise.all([many, send(print(details), { identifier }, '203.0.113.1', '203.0.113.2')]);
    expect(harness.sandbox.calls()[2]?.query['identifierValue']).toBe(modest);
    expect(harness.sandbox.callCount()).toBe(greedy.length + 1);
  });

  it('puts no address into the log, the metrics or a call', async () => {
    const harness = await open({ TRUSTED_PROXIES: '1' });
    await harness.ask(details, { identifier: byMobile(modest) }, from('203.0.113.1'));
    const metrics = await harness.gateway.fetch(new Request('http://gateway.test/metrics'));
    const shown = [await metrics.text(), harness.logLines, harness.sandbox.calls()];
    expect(harness.logLines).toHaveLength(1);
    expect(JSON.stringify(shown)).not.toContain('203.0.113');
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
