/**
 * Apollo Client, urql and Relay, each with the configuration of its kit: every one shows every entry once and in order,
 * whatever fails meanwhile.
 */

import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/sandbox/ledger/member.ts';
import { startHarness } from '../../test/gateway/harness.ts';
import { categories } from '../../test/gateway/members.ts';
import { numberedLedger, numberedMember } from '../../test/sandbox/numbered-ledger.ts';
import { connectApollo } from './apollo-client.ts';
import { connectRelay } from './relay-client.ts';
import type { Connect, ShownList } from './shown-list.ts';
import { connectUrql } from './urql-client.ts';

const down = { kind: 'server-error' } as const;
const clients: readonly (readonly [string, Connect])[] = [
  ['Apollo Client', connectApollo],
  ['urql', connectUrql],
  ['Relay', connectRelay],
];

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Pages on until the client sees no next page. Each step must give it another cursor. */
async function goToEnd(list: ShownList): Promise<void> {
  for (let step = 0; list.goOn()[0]; step += 1) {
    const [, cursor] = list.goOn();
    await list.more();
    const [hasMore, next] = list.goOn();
    expect([step < 10, hasMore && next === cursor]).toEqual([true, false]);
  }
}

describe.each(clients)('%s', (_, connect) => {
  const open = async (ledger: readonly (Account | null)[]) => {
    const { sandbox, gateway } = await startHarness({ members: [numberedMember('1', { ledger })] });
    const client = connect((input, init) => gateway.fetch(new Request(input, init)));
    return { sandbox, ...client };
  };

  it.each([
    ['forward', 6],
    ['backward', 7],
  ] as const)('shows a list with gaps going %s, for %i calls', async (direction, calls) => {
    const gaps = [3, 11, 12, 28, 34, 35, 36];
    const { sandbox, openList } = await open(numberedLedger(37, gaps));
    const list = await openList({ direction, size: 10 });
    await goToEnd(list);
    expect(list.categories()).toEqual(categories(0, 37, gaps));
    expect(sandbox.callCount()).toBe(calls);
  });

  it.each([
    ['forward', range(30, 37), 4],
    ['backward', range(0, 7), 8],
  ] as const)(
    'comes to the end going %s where the last page has no entry',
    async (direction, gaps, calls) => {
      const { sandbox, openList } = await open(numberedLedger(37, gaps));
      const list = await openList({ direction, size: 10 });
      await goToEnd(list);
      expect(list.categories()).toEqual(categories(0, 37, gaps));
      expect(sandbox.callCount()).toBe(calls);
    },
  );

  it.each([
    ['forward', [0, 10], 3],
    ['backward', [20, 37], 2],
  ] as const)('shows a page that ended early going %s, and goes on with what is missing', async (...row) => {
    const [direction, [from, to], calls] = row;
    const { sandbox, openList } = await open(numberedLedger(37));
    sandbox.setFaults([{ ...down, pageNumber: 1 }]);
    const list = await openList({ direction, size: 30 });
    expect([list.categories(), list.warnings()]).toEqual([categories(from, to), ['LIST_INCOMPLETE']]);
    expect(list.goOn()).toEqual([true, expect.any(String)]);

    sandbox.reset();
    await goToEnd(list);
    expect([list.categories(), list.warnings()]).toEqual([categories(0, 37), []]);
    expect(sandbox.callCount()).toBe(calls);
  });

  it('goes on behind a page that ended early without an entry', async () => {
    const gaps = range(10, 20);
    const { sandbox, openList } = await open(numberedLedger(37, gaps));
    sandbox.setFaults([{ ...down, pageNumber: 2 }]);
    const list = await openList({ direction: 'forward', size: 10 });
    const before = list.goOn();
    await list.more();
    expect([list.categories(), list.warnings()]).toEqual([categories(0, 10), ['LIST_INCOMPLETE']]);
    expect(list.goOn()).toEqual([true, expect.not.stringMatching(`^${before[1]}$`)]);

    sandbox.reset();
    await goToEnd(list);
    expect(list.categories()).toEqual(categories(0, 37, gaps));
    expect(sandbox.callCount()).toBe(2);
  });

  it('goes on from a last page that failed, which gave a cursor and no entry', async () => {
    const { sandbox, openList } = await open(numberedLedger(37));
    sandbox.setFaults([{ ...down, pageNumber: 3 }]);
    const list = await openList({ direction: 'backward', size: 20 });
    expect([list.categories(), list.warnings()]).toEqual([[], ['LIST_INCOMPLETE']]);
    expect(list.goOn()).toEqual([true, expect.any(String)]);

    sandbox.reset();
    await goToEnd(list);
    expect(list.categories()).toEqual(categories(0, 37));
    expect(sandbox.callCount()).toBe(5);
  });

  it.each([
    ['forward', 3],
    ['backward', 5],
  ] as const)(
    'shows the list unchanged when all of a page fails going %s, and can ask again',
    async (direction, calls) => {
      const { sandbox, openList } = await open(numberedLedger(37));
      const list = await openList({ direction, size: 10 });
      const before = [list.categories(), list.goOn()];
      sandbox.setFaults([down]);
      await expect(list.more()).rejects.toThrow('status 503');
      expect([list.categories(), list.goOn()]).toEqual(before);

      sandbox.reset();
      await goToEnd(list);
      expect(list.categories()).toEqual(categories(0, 37));
      expect(sandbox.callCount()).toBe(calls);
    },
  );

  it('separates lists of one customer with different filters', async () => {
    const ledger = numberedLedger(37).map((account, position) =>
      account && position % 3 === 0 ? { ...account, categoryType: 'PROMISED' as const } : account,
    );
    const { sandbox, openList } = await open(ledger);
    const questions = [{}, { categoryType: 'PROMISED' }, { categoryType: 'REGULAR' }] as const;
    const lists: ShownList[] = [];
    for (const question of questions)
      lists.push(await openList({ direction: 'forward', size: 10, ...question }));
    await Promise.all(lists.map(goToEnd));
    const all = categories(0, 37);
    const promised = all.filter((_name, position) => position % 3 === 0);
    const regular = all.filter((_name, position) => position % 3 !== 0);
    expect(lists.map((list) => list.categories())).toEqual([all, promised, regular]);
    expect(sandbox.callCount()).toBe(9);
  });
});
