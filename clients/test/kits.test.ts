/** Every kit shows every entry once and in order, whatever fails meanwhile, and never takes a failure for an answer. */

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { situations } from '../../src/sandbox/demo/situations.ts';
import type { CustomerIdentifierInput } from '../gql/graphql.ts';
import { maySelfLoad } from '../notice.ts';
import { connectApolloKit } from './apollo-kit.ts';
import { connectFetchKit } from './fetch-kit.ts';
import type { ConnectKit, OpenList } from './kit-client.ts';
import { openKitStage } from './kit-stage.ts';
import { connectRelayKit } from './relay-kit.ts';
import { connectTanstackKit } from './tanstack-kit.ts';
import { connectUrqlKit } from './urql-kit.ts';

const kits: readonly (readonly [string, ConnectKit])[] = [
  ['Apollo Client', connectApolloKit],
  ['urql', connectUrqlKit],
  ['Relay', connectRelayKit],
  ['TanStack Query', connectTanstackKit],
  ['fetch', connectFetchKit],
];

const named = (value: string): CustomerIdentifierInput => ({ name: 'EXTERNAL_ID', value });

/** The categories of a member's entries, from the sandbox's own data. */
const entriesOf = (name: string): readonly string[] =>
  situations
    .find((situation) => situation.name === name)
    ?.member?.ledger.flatMap((account) => account?.pointsCategory ?? []) ?? [];

const many = { identifier: named('many-entries') };
const onlyRegular = { query: { pointCategoryType: 'REGULAR' } };
const moreToLoad = { pageInfo: { hasNextPage: true, endCursor: 'a cursor' }, warnings: [] };

/** What goes wrong, what a page shows then, and the seconds until it is over. */
const failures = [
  [
    'refused with 429',
    {
      fault: { kind: 'rate-limited', retryAfter: 7 },
      notice: { show: 'try-again', inSeconds: 7 },
      seconds: 8,
    },
  ],
  [
    'answered with 503',
    { fault: { kind: 'server-error' }, notice: { show: 'try-again', inSeconds: 0 }, seconds: 10 },
  ],
] as const;

/** Scrolls until there is no more, or until the brake holds. */
async function scroll(list: OpenList): Promise<void> {
  for (let step = 0; list.notice() === undefined && list.hasNextPage(); step += 1) {
    expect(step).toBeLessThan(60);
    await list.loadMore();
  }
}

describe.each(kits)('%s', (_, connect) => {
  const { url, sandbox, wait } = openKitStage();
  const connected = () => connect(url());

  it.each([
    ['many-entries', 25, 17],
    ['short-pages', 4, 6],
    ['empty-middle', 10, 4],
    ['never-complete', 5, 7],
    ['no-entries', 25, 1],
  ])('scrolls through %s by %i, for %i calls', async (name, first, calls) => {
    const list = await connected().open({ identifier: named(name), first });
    await scroll(list);
    expect(list.categories()).toEqual(entriesOf(name));
    expect(new Set(list.keys()).size).toBe(entriesOf(name).length);
    expect([list.hasNextPage(), list.notice()]).toEqual([false, undefined]);
    expect(sandbox().callCount()).toBe(calls);
  });

  it('stops scrolling at a list that ends early, and goes on with what is missing when a person asks', async () => {
    sandbox().setFaults([{ kind: 'server-error', pageNumber: 4 }]);
    const list = await connected().open({ identifier: named('many-entries') });
    await scroll(list);
    expect(list.categories()).toEqual(entriesOf('many-entries').slice(0, 40));
    expect(list.notice()).toEqual({ show: 'go-on', after: expect.any(String), inSeconds: 0 });
    expect(maySelfLoad(moreToLoad, list.notice())).toBe(false);
    const callsBefore = sandbox().callCount();

    sandbox().setFaults([]);
    wait(10);
    await list.loadMore();
    expect(list.notice()).toBeUndefined();
    expect(list.categories()).toHaveLength(65);
    await scroll(list);
    expect(list.categories()).toEqual(entriesOf('many-entries'));
    expect([callsBefore, sandbox().callCount()]).toEqual([6, 18]);
  });

  it.each(failures)('keeps a list whose next page is %s, and the list beside it', async (_, failure) => {
    const client = connected();
    const [all, regular] = [await client.open(many), await client.open({ ...many, categoryType: 'REGULAR' })];
    const before = [all.categories(), regular.categories()];
    sandbox().setFaults([{ ...failure.fault, ...onlyRegular }]);
    await regular.loadMore();
    expect([all.categories(), regular.categories()]).toEqual(before);
    expect([all.notice(), regular.notice()]).toEqual([undefined, failure.notice]);
    expect(maySelfLoad(moreToLoad, regular.notice())).toBe(false);

    sandbox().setFaults([]);
    wait(failure.seconds);
    await Promise.all([all.loadMore(), regular.loadMore()]);
    expect([all.notice(), regular.notice()]).toEqual([undefined, undefined]);
    const wanted = entriesOf('many-entries').slice(0, 50);
    expect([all.categories(), regular.categories()]).toEqual([wanted, wanted]);
    expect(sandbox().callCount()).toBe(13);
  });

  it.each(failures)('asks again for a list that was %s when it was opened', async (_, failure) => {
    const client = connected();
    const all = await client.open(many);
    sandbox().setFaults([{ ...failure.fault, ...onlyRegular }]);
    const failed = await client.open({ ...many, categoryType: 'REGULAR' });
    expect([failed.categories(), failed.notice()]).toEqual([undefined, failure.notice]);
    expect([all.categories(), all.notice()]).toEqual([entriesOf('many-entries').slice(0, 25), undefined]);

    sandbox().setFaults([]);
    wait(failure.seconds);
    const opened = await client.open({ ...many, categoryType: 'REGULAR' });
    await failed.askAgain();
    expect([opened.categories(), failed.categories()]).toEqual([all.categories(), all.categories()]);
    expect([opened.notice(), failed.notice()]).toEqual([undefined, undefined]);
    // A client with a cache may answer one of the two from it.
    expect(sandbox().callCount()).toBeOneOf([7, 10]);
  });

  it('shows a page once that is asked for twice at the same time, and goes on', async () => {
    const list = await connected().open(many);
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(list.categories()).toEqual(entriesOf('many-entries').slice(0, 50));
    await scroll(list);
    expect(list.categories()).toEqual(entriesOf('many-entries'));
    // A client without a cache sends the second request, too.
    expect(sandbox().callCount()).toBeOneOf([17, 20]);
  });

  it('names the wrong argument of one list, and shows the list beside it', async () => {
    const client = connected();
    const all = await client.open(many);
    const wrong = await client.open({ ...many, categoryType: 'REGULAR', first: 201 });
    const message = '`first` takes 0 to 200, got 201';
    expect(wrong.notice()).toEqual({ show: 'give-up', message, code: 'BAD_USER_INPUT', argument: 'first' });
    expect([wrong.categories(), all.notice()]).toEqual([undefined, undefined]);
    expect(all.categories()).toHaveLength(25);
    const right = await client.open({ ...many, categoryType: 'REGULAR' });
    expect([right.categories(), right.notice()]).toEqual([all.categories(), undefined]);
    expect(sandbox().callCount()).toBe(7); // Three for each list, one for the name of the customer.
  });

  it('tells nobody of that name from a customer whose call failed, now and later', async () => {
    const client = connected();
    const nobody = await client.open({ identifier: { name: 'MOBILE', value: '447700900999' } });
    expect([nobody.categories(), nobody.notice()]).toEqual([undefined, { show: 'no-such-customer' }]);

    sandbox().setFaults([{ kind: 'server-error' }]);
    const failed = await client.open(many);
    expect([failed.categories(), failed.notice()]).toEqual([undefined, { show: 'try-again', inSeconds: 0 }]);

    sandbox().setFaults([]);
    wait(10);
    const found = await client.open(many);
    expect([found.categories()?.length, found.notice()]).toEqual([25, undefined]);
    expect(sandbox().callCount()).toBe(5);
  });

  it('offers to try again when no answer comes', async () => {
    const list = await connect('http://127.0.0.1:9/graphql').open(many);
    expect([list.categories(), list.notice()]).toEqual([undefined, { show: 'try-again', inSeconds: 0 }]);
    expect(sandbox().callCount()).toBe(0);
  });

  it('asks by POST: no identifier stands in a URL', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch');
    onTestFinished(() => fetch.mockRestore());
    await connected().open(many);
    expect(fetch.mock.calls.map(([input, init]) => [String(input), init?.method])).toEqual([[url(), 'POST']]);
    expect(sandbox().callCount()).toBe(3);
  });

  it('asks the origin of the page when its URL is a path', async () => {
    const { fetch } = globalThis;
    vi.stubGlobal('location', { href: url() });
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(new URL(path, url()), init));
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const list = await connect('/graphql').open({ identifier: named('one-page') });
    expect([list.categories(), list.notice()]).toEqual([entriesOf('one-page'), undefined]);
    expect(sandbox().callCount()).toBe(1);
  });
});
