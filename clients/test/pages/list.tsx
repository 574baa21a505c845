/** One list on a page. It loads the next page by itself, as endless scrolling does. */

import { useEffect } from 'react';
import type { BalancesQuery } from '../../gql/graphql.ts';
import type { Notice } from '../../notice.ts';

type Edges = NonNullable<NonNullable<BalancesQuery['customer']>['ledgerBalance']>['edges'];

/** What the hook of every kit returns. */
export type Shown = {
  readonly edges: Readonly<Edges>;
  readonly isLoading: boolean;
  readonly notice: Notice | undefined;
  readonly maySelfLoad: boolean;
  readonly load: () => Promise<unknown>;
};

/** The button is always there. */
export function List({ edges, isLoading, notice, maySelfLoad, load }: Shown) {
  // As an observer of the last row would: a little after the rows are shown.
  useEffect(() => {
    const timer = maySelfLoad ? setTimeout(load) : undefined;
    return () => clearTimeout(timer);
  });
  return (
    <section aria-busy={isLoading}>
      <ol>
        {edges.map(({ cursor, node }) => (
          <li key={cursor}>{node.pointsCategory}</li>
        ))}
      </ol>
      <output>{JSON.stringify(notice)}</output>
      <button type="button" onClick={load} />
    </section>
  );
}
