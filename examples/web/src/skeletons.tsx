/** What stands in the page until an answer comes, in the shape of the answer. */

import { Paper, Skeleton } from '@mantine/core';

export function MemberSkeleton() {
  return (
    <div aria-hidden="true" className="skeletons">
      <div className="member-top">
        <Skeleton className="member-card-skeleton" />
        <Skeleton className="chart-skeleton" />
      </div>
      <BalancesSkeleton />
    </div>
  );
}

export function BalancesSkeleton() {
  return (
    <Paper className="panel programme" aria-hidden="true">
      <Skeleton height={22} width="40%" mb="lg" />
      <RowSkeletons />
    </Paper>
  );
}

/** Rows of a page that is on its way. */
export function RowSkeletons() {
  return (
    <div className="row-skeletons" aria-hidden="true">
      {['58%', '44%', '66%'].map((width) => (
        <div key={width}>
          <Skeleton height={16} width={width} />
          <Skeleton height={16} width={72} />
        </div>
      ))}
    </div>
  );
}
