/** The end of the list: the next page comes by scrolling, or by a press of a button where something is in the way. */

import { Button, Paper, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useCountdown } from './countdown.ts';
import { CheckIcon } from './icons.tsx';
import type { Balances } from './member-points.ts';
import { causeOf, problemOf } from './problems.ts';
import { RowSkeletons } from './skeletons.tsx';

export function ListEnd({ balances }: { readonly balances: Balances }) {
  const { entries, hasMore, isLoadingMore, mayScroll, loadMore } = balances;
  if (isLoadingMore)
    return (
      <Paper className="panel programme">
        <RowSkeletons />
      </Paper>
    );
  if (!hasMore) return <TheEnd count={entries.length} />;
  if (!mayScroll) return <Stopped balances={balances} />;
  // A new sentinel for every page: it sees afresh whether the end is in sight.
  return <Sentinel key={entries.length} onSeen={loadMore} />;
}

function TheEnd({ count }: { readonly count: number }) {
  if (count === 0)
    return <Text className="the-end quiet">No balances here. Try another date or currency.</Text>;
  return (
    <Text className="the-end quiet">
      <CheckIcon /> {count === 1 ? 'That is the only balance.' : `All ${count} balances are shown.`}
    </Text>
  );
}

/** Loads the next page shortly before it comes into sight. The button is for those who do not scroll. */
function Sentinel({ onSeen }: { readonly onSeen: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (!seen?.isIntersecting) return;
        observer.disconnect();
        onSeen();
      },
      { rootMargin: '300px' },
    );
    if (place.current !== null) observer.observe(place.current);
    return () => observer.disconnect();
    // Each sentinel asks once. A later render has another `onSeen` for the same page.
  }, []);
  return (
    <div ref={place} className="the-end">
      <Button variant="default" onClick={onSeen}>
        Show more
      </Button>
    </div>
  );
}

/** The list stopped before its end. */
function Stopped({ balances }: { readonly balances: Balances }) {
  const incomplete = balances.warnings.find(({ code }) => code === 'LIST_INCOMPLETE');
  const { pageFailure: failure } = balances;
  const seconds = failure?.retryAfter ?? incomplete?.retryAfter ?? 0;
  const left = useCountdown(seconds, undefined);
  return (
    <Paper className="panel stopped" data-stopped={failure?.code ?? incomplete?.code ?? 'EMPTY_PAGE'}>
      <Text role="status">{reasonOf(failure, incomplete)}</Text>
      <Button onClick={balances.loadMore} disabled={left > 0}>
        {left > 0 ? `Go on in ${left} s` : 'Go on'}
      </Button>
    </Paper>
  );
}

type Incomplete = Balances['warnings'][number] | undefined;

function reasonOf(failure: Balances['pageFailure'], incomplete: Incomplete): string {
  if (failure !== undefined)
    return `${problemOf(failure).title}. The balances so far are right; there are more.`;
  if (incomplete !== undefined)
    return `The list stops here for now: ${causeOf(incomplete.cause)}. There may be more balances.`;
  return 'The last page had no balances. There may be more after it.';
}
