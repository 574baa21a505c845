/**
 * Why docs/clients.md gives urql more than `relayPagination`: what that alone does. A test that fails here says that a new
 * version of urql does better, and docs/clients.md can say less.
 */

import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { describe, expect, it } from 'vitest';
import { startHarness } from '../gateway/harness.ts';
import { categories } from '../gateway/members.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { connectUrqlWith } from './urql-client.ts';
import { keys } from './urql-exchanges.ts';

const resolvers = { Customer: { ledgerBalance: relayPagination() } };
const connect = connectUrqlWith(cacheExchange({ keys, resolvers }));

describe('urql with relayPagination alone', () => {
  const open = async (gaps: readonly number[]) => {
    const members = [numberedMember('1', { ledger: numberedLedger(13, gaps) })];
    const { sandbox, gateway } = await startHarness({ members });
    const { openList } = connect((input, init) => gateway.fetch(new Request(input, init)));
    return { sandbox, list: await openList({ direction: 'forward', size: 10 }) };
  };

  it('believes for ever that there is more after a page without edges, which says that there is not', async () => {
    const { sandbox, list } = await open([10, 11, 12]);
    const before = list.goOn();
    for (let step = 0; step < 3; step += 1) await list.more();
    expect([list.goOn(), list.categories()]).toEqual([before, categories(0, 10)]);
    expect(sandbox.callCount()).toBe(2);
  });

  it('loses the list when all of a page fails', async () => {
    const { sandbox, list } = await open([]);
    sandbox.setFaults([{ kind: 'server-error' }]);
    await expect(list.more()).rejects.toThrow('status 503');
    expect(list.categories).toThrow('shown no more');
    expect(sandbox.callCount()).toBe(2);
  });
});
