/** A member's points, in whatever state they are. */

import { Alert, Paper, Skeleton, Title, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Failure } from './failure.ts';
import { Filters, type FilterValues } from './filters.tsx';
import type { Search } from './find-form.tsx';
import { ListEnd } from './list-end.tsx';
import { MemberCard, nameOf } from './member-card.tsx';
import { type Balances, type MemberPoints, useMemberPoints } from './member-points.ts';
import { type Moment, momentsUntil } from './months.ts';
import { ProblemPanel, type Retry } from './problem-panel.tsx';
import { ProgrammeTable } from './programme-table.tsx';
import { currenciesOf, type Entry, groupByProgramme, largestBalances, type Programme } from './programmes.ts';
import { BalancesSkeleton, MemberSkeleton } from './skeletons.tsx';

/** The chart's library is the largest part of the page, and nobody needs it before a member is found. */
const BalancesChart = lazy(async () => {
  const { BalancesChart: chart } = await import('./balances-chart.tsx');
  return { default: chart };
});

type MemberViewProps = {
  readonly search: Search;
  /** Called with what is wrong with the search's value, so that it stands beside its field. */
  readonly onFieldProblem: (message: string) => void;
};

export function MemberView({ search, onFieldProblem }: MemberViewProps) {
  const moments = useMemo(() => momentsUntil(new Date()), []);
  const [filters, setFilters] = useState<FilterValues>({ moment: moments.length - 1, currencies: 'none' });
  const points = useMemberPoints({
    ...search,
    endDate: moments[filters.moment]?.endDate,
    currencies: filters.currencies,
  });
  const failure = points.state === 'failed' ? points.failure : undefined;
  const isFieldProblem = failure?.argument?.startsWith('identifier') ?? false;
  useEffect(() => {
    if (failure !== undefined && isFieldProblem) onFieldProblem(failure.message);
  }, [failure, isFieldProblem, onFieldProblem]);
  const retry = useLimitedRetry(points);

  if (points.state === 'found')
    return <Found points={points} retry={retry} moments={moments} filters={filters} onFilter={setFilters} />;
  return (
    <>
      <Announcement text={points.state === 'loading' ? 'Looking for the member' : ''} />
      {points.state === 'loading' && <MemberSkeleton />}
      {points.state === 'unknown' && <UnknownMember search={search} />}
      {points.state === 'failed' && <ProblemPanel failure={points.failure} retry={retry} />}
    </>
  );
}

type FoundProps = {
  readonly points: Extract<MemberPoints, { readonly state: 'found' }>;
  readonly retry: Retry;
  readonly moments: readonly Moment[];
  readonly filters: FilterValues;
  readonly onFilter: (filters: FilterValues) => void;
};

function Found({ points, retry, moments, filters, onFilter }: FoundProps) {
  const { member, balances, isChanging } = points;
  const entries = 'entries' in balances ? balances.entries : none;
  const known = useSeen(useMemo(() => currenciesOf(entries), [entries]));
  const programmes = useMemo(() => groupByProgramme(entries), [entries]);
  const bars = useMemo(() => largestBalances(programmes, 6), [programmes]);
  return (
    <>
      <Announcement text={isChanging ? 'Loading balances' : announcementOf(points)} />
      <div className="member-top">
        <MemberCard member={member} asOf={moments[filters.moment]?.label ?? ''} programmes={programmes} />
        {bars.length > 1 && (
          <Suspense fallback={<Skeleton className="chart-skeleton" />}>
            <BalancesChart bars={bars} isWhole={'entries' in balances && !balances.hasMore} />
          </Suspense>
        )}
      </div>
      <Filters moments={moments} known={known} values={filters} onChange={onFilter} />
      <section aria-label="Balances" aria-busy={isChanging} className="balances">
        {'entries' in balances ? (
          <BalanceList
            key={JSON.stringify(filters)}
            balances={balances}
            programmes={programmes}
            isChanging={isChanging}
          />
        ) : (
          <BalancesFailed failure={balances} isChanging={isChanging} retry={retry} />
        )}
      </section>
    </>
  );
}

const none: readonly Entry[] = [];

type BalanceListProps = {
  readonly balances: Balances;
  readonly programmes: readonly Programme[];
  readonly isChanging: boolean;
};

function BalanceList({ balances, programmes, isChanging }: BalanceListProps) {
  const { warnings } = balances;
  const notes = useSeen(
    useMemo(
      () => warnings.filter(({ code }) => code !== 'LIST_INCOMPLETE').map(({ message }) => message),
      [warnings],
    ),
  );
  return (
    <>
      {notes.map((note) => (
        <Alert key={note} title="A note from the programme" color="yellow" variant="light" className="note">
          {note}
        </Alert>
      ))}
      <div className={isChanging ? 'fading' : undefined}>
        {programmes.map((programme) => (
          <ProgrammeTable key={programme.id} programme={programme} />
        ))}
      </div>
      {!isChanging && <ListEnd balances={balances} />}
    </>
  );
}

type BalancesFailedProps = { readonly failure: Failure; readonly isChanging: boolean; readonly retry: Retry };

function BalancesFailed({ failure, isChanging, retry }: BalancesFailedProps) {
  return isChanging ? <BalancesSkeleton /> : <ProblemPanel failure={failure} retry={retry} />;
}

function UnknownMember({ search }: { readonly search: Search }) {
  return (
    <Paper className="panel centred" role="status">
      <Title order={2} size="h4">
        No such member
      </Title>
      <p className="quiet">
        Nobody is registered with <strong dir="auto">{search.value}</strong>. A typing error, or another kind
        of identifier?
      </p>
    </Paper>
  );
}

/** Says what has changed to those who cannot see it. It stays in the page, because only a change of it is read out. */
function Announcement({ text }: { readonly text: string }) {
  return <VisuallyHidden role="status">{text}</VisuallyHidden>;
}

function announcementOf({ member, balances }: FoundProps['points']): string {
  if (!('entries' in balances)) return '';
  const count = balances.entries.length;
  const whose = nameOf(member);
  return balances.hasMore ? `${whose}: ${count} balances so far` : `${whose}: ${count} balances, that is all`;
}

/**
 * All texts that were there at some time, sorted. For what only a part of a list says: the currencies that a member has,
 * as the schema has no list of them, and the warnings of earlier pages.
 */
function useSeen(texts: readonly string[]): readonly string[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  useEffect(() => {
    setSeen((before) => {
      const fresh = texts.filter((text) => !before.includes(text));
      return fresh.length > 0 ? [...before, ...new Set(fresh)].sort() : before;
    });
  }, [texts]);
  return seen;
}

/** A page that tries again by itself must stop some time: the cause may last. */
const mostAutomaticTries = 3;

function useLimitedRetry(points: ReturnType<typeof useMemberPoints>): Retry {
  const [tries, setTries] = useState(0);
  const isWell =
    points.state === 'unknown' ||
    (points.state === 'found' && !points.isChanging && 'entries' in points.balances);
  useEffect(() => {
    if (isWell) setTries(0);
  }, [isWell]);
  const again = () => {
    setTries(tries + 1);
    points.retry();
  };
  return { byHand: points.retry, byItself: tries < mostAutomaticTries ? again : undefined };
}
