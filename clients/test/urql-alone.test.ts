/**
 * What urql does with `relayPagination` alone, and so why its kit adds to it. If a test fails here, a new version of urql
 * does better, and the kit can be shorter.
 */

import { fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { describe, expect, it } from 'vitest';
import { startHarness } from '../../test/gateway/harness.ts';
import { categories } from '../../test/gateway/members.ts';
import { numberedLedger, numberedMember } from '../../test/sandbox/numbered-ledger.ts';
import { keys } from '../urql/ledger.ts';
import { connectUrqlWith } from './urql-client.ts';

const resolvers = { Customer: { ledgerBalance: relayPagination() } };
const connect = connectUrqlWith(cacheExchange({ keys, resolvers }), fetchExchange);

describe('urql with relayPagination alone', () => {
  const open = async (gaps: readonly number[]) => {
    const members = [numberedMember('1', { ledger: numberedLedger(13, gaps) })];
    const { sandbox, gateway } = await startHarness({ members });
    const { openList } = connect((input, init) => gateway.fetch(new Request(input, init)));
    return { sandbox, list: await openList({ direction: 'forward', size: 10 }) };
  };

  it('claims for ever that there is more, after a last page without edges', async () => {
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
    expect(list.categories).toThrow('not in the cache');
    expect(sandbox.callCount()).toBe(2);
  });
});
