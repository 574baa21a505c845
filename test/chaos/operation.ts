/** What a visitor sends: the next steps of one or more walks, as one GraphQL operation. Pure. */

import type { Filter, Person } from './people.ts';

/** A way through one list from one end to the other, by cursors alone. */
export type Walk = {
  readonly person: Person;
  readonly filter: Filter;
  readonly direction: 'forward' | 'backward';
  /** Entries that have come so far. */
  readonly done: number;
  readonly cursor: string | null;
};

/** The next page of a walk. */
export type Step = { readonly walk: Walk; readonly size: number };

/** The body of a POST. */
export type OperationBody = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

/** One operation for all steps: the step at place n is the root field `c<n>`, its list `list`. */
export function buildOperation(steps: readonly Step[]): OperationBody {
  return {
    query: documentFor(steps.length),
    variables: Object.assign({}, ...steps.map(({ walk, size }, place) => variablesOf(walk, size, place))),
  };
}

function documentFor(count: number): string {
  const places = Array.from({ length: count }, (_, place) => place);
  return `query Chaos${count}(${places.map(declarationsAt).join(', ')}) { ${places.map(fieldAt).join(' ')} }
    fragment Page on LedgerBalance {
      totalCount
      edges { cursor node { pointsCategory closingBalance } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      warnings { code message }
    }`;
}

function declarationsAt(place: number): string {
  return [
    `$who${place}: CustomerIdentifierInput!`,
    `$type${place}: PointCategoryType`,
    `$first${place}: Int`,
    `$after${place}: String`,
    `$last${place}: Int`,
    `$before${place}: String`,
  ].join(', ');
}

function fieldAt(place: number): string {
  const window = `first: $first${place}, after: $after${place}, last: $last${place}, before: $before${place}`;
  return `c${place}: customer(identifier: $who${place}) {
    userId
    list: ledgerBalance(categoryType: $type${place}, ${window}) { ...Page }
  }`;
}

function variablesOf(walk: Walk, size: number, place: number): Record<string, unknown> {
  const { person, filter, direction, cursor } = walk;
  const isForward = direction === 'forward';
  return {
    [`who${place}`]: { name: 'MOBILE', value: person.mobile },
    [`type${place}`]: filter === 'ALL' ? null : filter,
    [`first${place}`]: isForward ? size : null,
    [`after${place}`]: isForward ? cursor : null,
    [`last${place}`]: isForward ? null : size,
    [`before${place}`]: isForward ? null : cursor,
  };
}
