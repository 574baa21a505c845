/** `x-request-id`: one id for a request in the answer, in the log and at the upstream. */

import { describe, expect, it } from 'vitest';
import { balances, details } from '../operations.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const query = '{ customer(identifier: { name: MOBILE, value: "447700900012" }) { userId } }';

describe('a request id', () => {
  it.each(['r-7', 'a', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 'x'.repeat(128), 'a.b:c_D-9'])(
    'that the caller sends is used everywhere: %s',
    async (id) => {
      const harness = await startHarness({ members: threeMembers });
      const response = await harness.post({ query }, { headers: { 'x-request-id': id } });
      expect(response.headers.get('x-request-id')).toBe(id);
      expect(harness.sandbox.callCount()).toBe(1);
      expect(harness.sandbox.calls()[0]?.headers['x-request-id']).toBe(id);
      expect(harness.logLines).toEqual([expect.objectContaining({ msg: 'operation', requestId: id })]);
    },
  );

  it.each(['', ' ', 'x'.repeat(129), 'a b', 'a,b', 'ä', '<script>', "';--", '{}', 'a/b'])(
    'that is unfit for a log is replaced: %j',
    async (id) => {
      const harness = await startHarness({ members: threeMembers }, {}, { createRequestId: () => 'made-1' });
      const response = await harness.post({ query }, { headers: { 'x-request-id': id } });
      expect(response.headers.get('x-request-id')).toBe('made-1');
      expect(harness.sandbox.callCount()).toBe(1);
      expect(harness.sandbox.calls()[0]?.headers['x-request-id']).toBe('made-1');
      expect(harness.logLines).toEqual([expect.objectContaining({ requestId: 'made-1' })]);
    },
  );

  it('is made when there is none, a new one for each request and the same for all its calls', async () => {
    let made = 0;
    const createRequestId = () => `made-${++made}`;
    const harness = await startHarness({ members: threeMembers }, {}, { createRequestId });
    await harness.ask(balances, { identifier: byMobile(mobiles.twelve), first: 12 });
    await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    expect(harness.sandbox.callCount()).toBe(3);
    expect(harness.sandbox.calls().map(({ headers }) => headers['x-request-id'])).toEqual([
      'made-1',
      'made-1',
      'made-2',
    ]);
  });

  it.each([
    ['a syntax error', 'POST', '/graphql', '{"query":"{"}'],
    ['a body that is no JSON', 'POST', '/graphql', '{'],
    ['a probe', 'GET', '/livez', null],
    ['nothing', 'GET', '/nowhere', null],
  ])('is in the answer to %s too', async (_, method, path, body) => {
    const harness = await startHarness({ members: threeMembers });
    const headers = { 'x-request-id': 'r-8', 'content-type': 'application/json' };
    const request = new Request(`http://gateway.test${path}`, { method, body, headers });
    const response = await harness.gateway.fetch(request);
    expect(response.headers.get('x-request-id')).toBe('r-8');
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
