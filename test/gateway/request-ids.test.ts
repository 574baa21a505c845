/** `x-request-id`: one id for a request in the answer, in the log and at the upstream. */

import { describe, expect, it } from 'vitest';
import { balances, details } from '../operations.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const query = '{ customer(identifier: { name: MOBILE, value: "447700900012" }) { userId } }';

describe('a request id', () => {
  it.each([
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    '01890A5D-AC96-774B-BCCE-B302099A8057',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '4bf92f3577b34da6a3ce929d0e0e4736',
  ])('with the form of a generated id is used everywhere: %s', async (id) => {
    const harness = await startHarness({ members: threeMembers });
    const response = await harness.post({ query }, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(harness.sandbox.callCount()).toBe(1);
    expect(harness.sandbox.calls()[0]?.headers['x-request-id']).toBe(id);
    expect(harness.logLines).toEqual([expect.objectContaining({ msg: 'operation', requestId: id })]);
  });

  it.each([
    '',
    ' ',
    '447700955501',
    '+44-7700-955501',
    'r-447700955501',
    '00000000-0000-0000-0000-447700955501',
    '00000000000000000000447700955501',
    '00000000000000447700955501',
    'zoe.smith@example.com',
    'zoe.smith',
    'r-7',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479,f47ac10b-58cc-4372-a567-0e02b2c3d479',
    '4bf92f3577b34da6a3ce929d0e0e4736-x',
    'a b',
    '<script>',
  ])('that could name a person, or does not fit into a log, is replaced: %j', async (id) => {
    const harness = await startHarness({ members: threeMembers }, {}, { createRequestId: () => 'made-1' });
    const response = await harness.post({ query }, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe('made-1');
    expect(harness.sandbox.callCount()).toBe(1);
    expect(harness.sandbox.calls()[0]?.headers['x-request-id']).toBe('made-1');
    expect(harness.logLines).toEqual([expect.objectContaining({ requestId: 'made-1' })]);
  });

  it('is created for each request without one, and is the same for all its calls', async () => {
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
    const requestId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { 'x-request-id': requestId, 'content-type': 'application/json' };
    const request = new Request(`http://gateway.test${path}`, { method, body, headers });
    const response = await harness.gateway.fetch(request);
    expect(response.headers.get('x-request-id')).toBe(requestId);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
