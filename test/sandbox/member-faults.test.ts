/** Members with faults of their own, over real HTTP. */

import { describe, expect, it } from 'vitest';
import { members } from '../../src/sandbox/demo/members.ts';
import { ask, start } from './asking.ts';
import { numberedLedger, numberedMember } from './numbered-ledger.ts';

const about = (identifierValue: string, offset = '0') => ({
  identifierName: 'externalId',
  identifierValue,
  offset,
});

describe('the members for failures', () => {
  it.each([
    ['rate-limited', 429, '1'],
    ['unavailable', 503, null],
    ['garbled', 200, null],
    ['refused', 400, null],
  ])('fail as their name says (%s)', async (name, status, retryAfter) => {
    const sandbox = await start({ members });
    const response = await ask(sandbox, about(name));
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect((await ask(sandbox)).status).toBe(400);
  });

  it('fail on the second page alone (second-page-fails)', async () => {
    const sandbox = await start({ members });
    expect((await ask(sandbox, about('second-page-fails'))).status).toBe(200);
    expect((await ask(sandbox, about('second-page-fails', '1'))).status).toBe(503);
  });

  it('never answer, until the client leaves (no-answer)', async () => {
    const sandbox = await start({ members });
    const leaving = new AbortController();
    const call = expect(ask(sandbox, about('no-answer'), { signal: leaving.signal })).rejects.toThrow();
    await sandbox.until(([seen]) => seen?.fault === 'hang');
    leaving.abort();
    await call;
    await sandbox.until(([seen]) => seen?.outcome === 'client-gone');
  });
});

describe('a member’s own fault', () => {
  it('adds its latency, gives way to a fault that is switched on, and is logged', async () => {
    const ledger = numberedLedger(1);
    const sandbox = await start({
      members: [
        numberedMember('1', {
          ledger,
          faults: [
            { kind: 'latency', ms: 1 },
            { kind: 'html', query: { tillId: true } },
          ],
        }),
      ],
    });
    await ask(sandbox);
    await ask(sandbox, { tillId: 't' });
    sandbox.setFaults([{ kind: 'forbidden' }]);
    await ask(sandbox, { tillId: 't' });
    expect(sandbox.calls().map(({ fault }) => fault)).toEqual(['latency', 'html', 'forbidden']);
  });

  it('does not hit a caller that is refused', async () => {
    const member = numberedMember('1', { ledger: [], faults: [{ kind: 'server-error' }] });
    const sandbox = await start({ members: [member] });
    const response = await ask(sandbox, {}, { headers: { authorization: 'Basic bm9ib2R5Og==' } });
    expect(response.status).toBe(401);
  });
});
