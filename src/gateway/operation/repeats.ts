/** What a document repeats in one selection: fields under several aliases, response keys, fragments. Pure. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The most selections of one field name, or under one response key, in any one selection set; or the most fragments that it
 * spreads, if they are more. A fragment counts as written out, once for each set. This is what validation pays for: it
 * compares the selections of one response key with each other, and fragments with each other, pair by pair.
 */
export function mostRepeats({ definitions }: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);

  let most = 0;
  function measure(set: SelectionSetNode): void {
    const [counts, opened] = [new Map<string, number>(), new Set<string>()];
    count(set, fragments, counts, opened);
    most = Math.max(most, opened.size, ...counts.values());
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

/** Counts the fields of one selection set by name and by key. `opened` holds the fragments met: each is opened once. */
function count(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  counts: Map<string, number>,
  opened: Set<string>,
): void {
  for (const each of selections) {
    if (each.kind === Kind.FIELD) {
      addTo(counts, `field ${each.name.value}`);
      if (each.alias !== undefined) addTo(counts, `key ${each.alias.value}`);
    }
    if (each.kind === Kind.INLINE_FRAGMENT) count(each.selectionSet, fragments, counts, opened);
    if (each.kind === Kind.FRAGMENT_SPREAD && !opened.has(each.name.value)) {
      opened.add(each.name.value);
      const fragment = fragments.get(each.name.value);
      if (fragment !== undefined) count(fragment.selectionSet, fragments, counts, opened);
    }
  }
}

function addTo(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
