/**
 * Compares one answer with the model: every entry once, in order, with every digit, and the page right about whether
 * there is more. It reads errors, and `explain.ts` judges them. Pure.
 */
import type { Entry, Step, Walk } from './people.ts';

/** The parts of an answer that are judged. */
export type Answer = {
  readonly data?: Readonly<Record<string, CustomerAnswer | null>> | null;
  readonly errors?: readonly AnswerError[];
};

export type AnswerError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly retryable?: boolean;
    readonly retryAfter?: number;
  };
};

export type CustomerAnswer = { readonly userId: string; readonly list: ListAnswer | null };

export type ListAnswer = {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: Entry }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly warnings: readonly { readonly code: string | null; readonly message: string }[];
};

/** The walk after a step, the codes that the step got, and what is wrong with the answer. */
export type Judgement = {
  readonly walk: Walk;
  readonly isDone: boolean;
  readonly codes: readonly string[];
  readonly wrongs: readonly string[];
};

/** Judges the root field `c<index>` of an answer. */
export function judgeStep(step: Step, index: number, answer: Answer): Judgement {
  const { walk } = step;
  const errors = (answer.errors ?? []).filter(({ path }) => path === undefined || path[0] === `c${index}`);
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'no code');
  const customer = answer.data?.[`c${index}`];
  const stay = (wrongs: readonly string[]) => ({ walk, isDone: false, codes, wrongs });
  if (errors.length > 0) return stay(customer?.list ? ['a list beside its own error'] : []);
  if (!customer) return stay(['a known customer is null without an error']);
  if (!customer.list) return stay(['a list is null without an error']);
  const wrongs = customer.userId === walk.person.mobile ? [] : [`somebody else: ${customer.userId}`];
  const judged = judgeList(step, customer.list);
  return { ...judged, wrongs: [...wrongs, ...judged.wrongs] };
}

function judgeList({ walk, size }: Step, list: ListAnswer): Judgement {
  const cause = incompleteCause(list);
  const got = list.edges.map(({ node }) => node);
  const expected = expectedWindow(walk, size);
  const whole = cause === undefined ? expected : nearest(expected, got.length, walk.direction);
  const { hasMore, cursor } = wayOn(list, walk.direction);
  const done = walk.done + got.length;
  const wrongs = [
    ...differences(got, whole),
    ...(list.totalCount === walk.person.totals[walk.filter] ? [] : [`totalCount is ${list.totalCount}`]),
    ...(cause === undefined ? judgeWhole(list, hasMore, { ...walk, done }) : judgeCut(walk, hasMore, cursor)),
    ...otherWarnings(list),
  ];
  return {
    walk: { ...walk, done, cursor: cursor ?? walk.cursor },
    isDone: !hasMore,
    codes: cause === undefined ? [] : [cause],
    wrongs,
  };
}

/** The code that LIST_INCOMPLETE names. */
function incompleteCause({ warnings }: ListAnswer): string | undefined {
  const warning = warnings.find(({ code }) => code === 'LIST_INCOMPLETE');
  return warning && (/: ([A-Z_]+):/.exec(warning.message)?.[1] ?? 'no code');
}

function otherWarnings({ warnings }: ListAnswer): string[] {
  return warnings.filter(({ code }) => code !== 'LIST_INCOMPLETE').map(({ code }) => `warning ${code}`);
}

function expectedWindow({ person, filter, direction, done }: Walk, size: number): readonly Entry[] {
  const list = person.lists[filter];
  const end = list.length - done;
  return direction === 'forward' ? list.slice(done, done + size) : list.slice(Math.max(0, end - size), end);
}

/** The part of an early ended window that adjoins the entries before. */
function nearest(window: readonly Entry[], count: number, direction: Walk['direction']): readonly Entry[] {
  if (direction === 'forward') return window.slice(0, count);
  return window.slice(Math.max(0, window.length - count));
}

function wayOn({ pageInfo }: ListAnswer, direction: Walk['direction']) {
  return direction === 'forward'
    ? { hasMore: pageInfo.hasNextPage, cursor: pageInfo.endCursor }
    : { hasMore: pageInfo.hasPreviousPage, cursor: pageInfo.startCursor };
}

function differences(got: readonly Entry[], expected: readonly Entry[]): string[] {
  if (JSON.stringify(got) === JSON.stringify(expected)) return [];
  return [`entries: expected ${brief(expected)}, got ${brief(got)}`];
}

function brief(entries: readonly Entry[]): string {
  const named = entries.map(({ pointsCategory, closingBalance }) => `${pointsCategory}=${closingBalance}`);
  return named.length > 4 ? `${named.slice(0, 4).join(', ')}… (${named.length})` : named.join(', ') || 'none';
}

/** Judges a whole page. It may promise more than there is only if the total does not show the end. */
function judgeWhole(
  { edges, pageInfo }: ListAnswer,
  hasMore: boolean,
  { person, filter, done }: Walk,
): string[] {
  const isLeft = done < person.lists[filter].length;
  const wrongs: string[] = [];
  if (isLeft && !hasMore) wrongs.push('says that there is no more, and there is');
  if (!isLeft && hasMore && !person.isVague) wrongs.push('says that there is more, and there is not');
  if (edges.length === 0 && hasMore) wrongs.push('a page without entries leads on');
  if (pageInfo.startCursor !== (edges.at(0)?.cursor ?? null)) wrongs.push('startCursor is not the first');
  if (pageInfo.endCursor !== (edges.at(-1)?.cursor ?? null)) wrongs.push('endCursor is not the last');
  if (new Set(edges.map(({ cursor }) => cursor)).size < edges.length) wrongs.push('two edges share a cursor');
  return wrongs;
}

function judgeCut({ cursor: before }: Walk, hasMore: boolean, cursor: string | null): string[] {
  if (!hasMore) return ['a list that ended early says that there is no more'];
  return cursor === null || cursor === before
    ? ['a list that ended early has a cursor that did not move']
    : [];
}
