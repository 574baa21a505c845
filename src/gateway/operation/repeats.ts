/**
 * How often a document selects one field in one selection: under several aliases, or again and again. Pure.
 */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The most selections of one field name in any one selection set, where a fragment counts as written out, once for each
 * set. This is what validation pays for: it compares the selections of one response key with each other, pair by pair.
 */
export function mostRepeats({ definitions }: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);

  let most = 0;
  function measure(set: SelectionSetNode): void {
    const counts = new Map<string, number>();
    count(set, fragments, counts, new Set());
    most = Math.max(most, ...counts.values());
    measureBelow(set.selections);
  }
  function measureBelow(selections: readonly SelectionNode[]): void {
    for (const each of selections) {
      if (each.kind === Kind.FIELD && each.selectionSet !== undefined) measure(each.selectionSet);
      if (each.kind === Kind.INLINE_FRAGMENT) measureBelow(each.selectionSet.selections);
    }
  }
  for (const each of definitions) if ('selectionSet' in each) measure(each.selectionSet);
  return most;
}

/** Counts the fields of one selection set by name. `opened` holds the fragments met: each is opened once. */
function count(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  counts: Map<string, number>,
  opened: Set<string>,
): void {
  for (const each of selections) {
    if (each.kind === Kind.FIELD) counts.set(each.name.value, (counts.get(each.name.value) ?? 0) + 1);
    else if (each.kind === Kind.INLINE_FRAGMENT) count(each.selectionSet, fragments, counts, opened);
    else if (!opened.has(each.name.value)) {
      opened.add(each.name.value);
      const fragment = fragments.get(each.name.value);
      if (fragment !== undefined) count(fragment.selectionSet, fragments, counts, opened);
    }
  }
}
