/** The hooks in React's strict mode: lists that scroll by themselves come to their end, and stop where only a person may go on. */

import { Window } from 'happy-dom';
import { type ComponentType, createElement, type PropsWithChildren, StrictMode } from 'react';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { situations } from '../../src/sandbox/demo/situations.ts';
import type { BalancesQueryVariables } from '../gql/graphql.ts';
import { openKitStage } from './kit-stage.ts';

const { url, sandbox, wait } = openKitStage();

/** A client's page: what stands around all lists, and one list. */
type Page = {
  readonly App: ComponentType<PropsWithChildren>;
  readonly Balances: ComponentType<BalancesQueryVariables>;
};

const pages: readonly (readonly [string, () => Promise<Page>])[] = [
  ['Apollo Client', () => import('./pages/apollo.tsx')],
  ['urql', () => import('./pages/urql.tsx')],
  ['TanStack Query', () => import('./pages/tanstack.tsx')],
  ['Relay', () => import('./pages/relay.tsx')],
];

// React looks for the document when it is loaded.
const window = new Window({ url: 'http://shop.test/' });
const { fetch } = globalThis;
beforeAll(() => {
  // The pages ask for a path of their own origin, where a proxy passes it on.
  vi.stubGlobal('location', window.location);
  vi.stubGlobal('fetch', (input: string, init: RequestInit) =>
    fetch(new URL(new URL(input, window.location.href).pathname, url()), init),
  );
  // They stay to the end of the file: React works on a little after the last test.
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', window.document);
  vi.stubGlobal('navigator', window.navigator);
});
const entries =
  situations
    .find(({ name }) => name === 'many-entries')
    ?.member?.ledger.flatMap((account) => account?.pointsCategory ?? []) ?? [];
const many: BalancesQueryVariables = { identifier: { name: 'EXTERNAL_ID', value: 'many-entries' } };
const regular: BalancesQueryVariables = { ...many, categoryType: 'REGULAR' };
const onlyRegular = { query: { pointCategoryType: 'REGULAR' } };

/** Shows the lists beside each other, and what each shows once nothing is loading. */
async function show(load: () => Promise<Page>, questions: readonly BalancesQueryVariables[]) {
  vi.resetModules(); // Each test has a client of its own.
  const { App, Balances } = await load();
  const { createRoot } = await import('react-dom/client');
  const place = window.document.createElement('main');
  const root = createRoot(place as unknown as Element, { onCaughtError: () => undefined });
  onTestFinished(() => root.unmount());
  const lists = questions.map((variables, index) => createElement(Balances, { ...variables, key: index }));
  root.render(createElement(StrictMode, null, createElement(App, null, lists)));
  const settled = () =>
    vi.waitFor(
      () => {
        const states = [...place.querySelectorAll('section')].map((list) => list.getAttribute('aria-busy'));
        expect(states).toEqual(questions.map(() => 'false'));
      },
      { timeout: 10_000 },
    );
  const part = (index: number) => {
    const section = place.querySelectorAll('section')[index];
    return {
      categories: [...(section?.querySelectorAll('li') ?? [])].map((row) => row.textContent),
      notice: JSON.parse(section?.querySelector('output')?.textContent || 'null'),
    };
  };
  const press = (index: number) => place.querySelectorAll('button')[index]?.click();
  return { settled, part, press };
}

describe.each(pages)('%s', (_, load) => {
  it('scrolls to the end by itself', async () => {
    const { settled, part } = await show(load, [many]);
    await vi.waitFor(() => expect(part(0).categories).toHaveLength(entries.length), { timeout: 10_000 });
    await settled();
    expect(part(0)).toEqual({ categories: entries, notice: null });
    expect(sandbox().callCount()).toBe(17);
  });

  it.each([
    ['ends early', { kind: 'server-error', pageNumber: 4 }, { show: 'go-on', inSeconds: 0 }, [40, 6, 18]],
    [
      'is refused with 429 on its third page',
      { kind: 'rate-limited', retryAfter: 7, pageNumber: 5 },
      { show: 'try-again', inSeconds: 7 },
      [50, 7, 18],
    ],
  ] as const)('stops at a list that %s, and goes on when a person presses the button', async (...row) => {
    const [, fault, notice, counts] = row;
    sandbox().setFaults([fault]);
    const { settled, part, press } = await show(load, [many]);
    await vi.waitFor(() => expect(part(0).notice).toMatchObject(notice), { timeout: 10_000 });
    await settled();
    const shown = part(0).categories;
    expect(shown).toEqual(entries.slice(0, shown.length));
    const callsBefore = sandbox().callCount();

    sandbox().setFaults([]);
    wait(10);
    press(0);
    await vi.waitFor(() => expect(part(0).categories).toHaveLength(entries.length), { timeout: 10_000 });
    await settled();
    expect(part(0)).toEqual({ categories: entries, notice: null });
    expect([shown.length, callsBefore, sandbox().callCount()]).toEqual(counts);
  });

  it('shows one list to its end while the other is refused, and that one after its wait', async () => {
    sandbox().setFaults([{ kind: 'server-error', ...onlyRegular }]);
    const { settled, part, press } = await show(load, [many, regular]);
    await vi.waitFor(() => expect(part(0).categories).toHaveLength(entries.length), { timeout: 10_000 });
    await settled();
    expect(part(1)).toEqual({ categories: [], notice: { show: 'try-again', inSeconds: 0 } });
    const callsBefore = sandbox().callCount();

    sandbox().setFaults([]);
    wait(10);
    press(1);
    await vi.waitFor(() => expect(part(1).categories).toHaveLength(entries.length), { timeout: 10_000 });
    await settled();
    expect([part(0), part(1)]).toEqual([0, 1].map(() => ({ categories: entries, notice: null })));
    expect([callsBefore, sandbox().callCount()]).toEqual([18, 35]);
  });
});
