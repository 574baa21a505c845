/**
 * Walks a list page by page as a Relay client does, by nothing but cursors and `has…Page`.
 */
import { expect } from 'vitest';
import type { BalancePageFragment, CustomerIdentifierInput } from '../generated/graphql.ts';
import { balances } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import type { Harness } from './harness.ts';

export type Direction = 'forward' | 'backward';

/** Where a page is to be taken from. */
export type PageQuestion = {
  readonly identifier: CustomerIdentifierInput;
  readonly direction: Direction;
  readonly size: number;
  readonly from?: string | null;
};

/** Asks for one page; it must come without an error. */
export async function askPage(harness: Harness, question: PageQuestion): Promise<BalancePageFragment> {
  const { identifier, direction, size, from = null } = question;
  const window = direction === 'forward' ? { first: size, after: from } : { last: size, before: from };
  const result = await harness.ask(balances, { identifier, ...window });
  expect(errorsOf(result)).toEqual([]);
  const page = result.data?.customer?.ledgerBalance;
  if (!page) throw new Error('There is no such list');
  expectSound(page);
  return page;
}

/** The categories on a page, in order. */
export function categoriesOf(page: BalancePageFragment): string[] {
  return page.edges.map(({ node }) => node.pointsCategory);
}

/** Whether a page says that there is more in a direction, and the cursor to go on from. */
export function goOn({ pageInfo }: BalancePageFragment, direction: Direction): [boolean, string | null] {
  return direction === 'forward'
    ? [pageInfo.hasNextPage, pageInfo.endCursor]
    : [pageInfo.hasPreviousPage, pageInfo.startCursor];
}

/**
 * Walks from one end to the other, with the sizes in turn and each page from the next of the gateways, and gives
 * all categories in the order of the list. Every page but the last must be full.
 */
export async function walk(
  gateways: readonly Harness[],
  identifier: CustomerIdentifierInput,
  direction: Direction,
  sizes: readonly number[],
): Promise<string[]> {
  const seen: string[] = [];
  let from: string | null = null;
  for (let step = 0; step < 300; step += 1) {
    const size = sizes[step % sizes.length] ?? 10;
    const harness = gateways[step % gateways.length];
    if (harness === undefined) break;
    const page: BalancePageFragment = await askPage(harness, { identifier, direction, size, from });
    expect(page.warnings).toEqual([]);
    if (direction === 'forward') seen.push(...categoriesOf(page));
    else seen.unshift(...categoriesOf(page));
    const [hasMore, cursor] = goOn(page, direction);
    if (!hasMore) return seen;
    expect(page.edges).toHaveLength(size);
    expect(cursor).not.toBe(from);
    from = cursor;
  }
  throw new Error('The walk does not end');
}

/** What holds of every page that did not end early. */
function expectSound({ edges, pageInfo, warnings }: BalancePageFragment): void {
  expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(edges.length);
  if (warnings.some(({ code }) => code === 'LIST_INCOMPLETE')) return;
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
    edges.at(0)?.cursor ?? null,
    edges.at(-1)?.cursor ?? null,
  ]);
}
