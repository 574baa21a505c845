/** Measures what a document repeats in one selection: fields under several aliases, response keys, fragments. Pure. */
import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql';
import { type Fragments, fragmentsOf } from '../../schema/selection.ts';

/** What makes validation expensive: it compares every two selections under one response key, and every two fragments. */
export type Repeats = {
  /** The most selections of one field, selections under one response key, or fragments in any one selection. */
  readonly most: number;
  /** Pairs of selections under one response key, over the whole document. */
  readonly comparisons: number;
};

/** One selection with each of its fragments opened once: fields by key, and how often each name and key occurs. */
type Opened = {
  readonly groups: Map<string, FieldNode[]>;
  readonly counts: Map<string, number>;
  readonly fragments: Set<string>;
};

/**
 * Measures a document. Selections under one response key are one field (GraphQL, section 5.3.2), so the selections below them
 * are measured together. Stops soon after there are more than `enough` comparisons.
 */
export function measureRepeats(document: DocumentNode, enough: number): Repeats {
  const fragments = fragmentsOf(document);
  const seen = new Set<SelectionSetNode>();
  let [most, comparisons] = [0, 0];

  function measure(sets: readonly SelectionSetNode[]): void {
    const [first] = sets;
    if (first === undefined || comparisons > enough) return;
    // A selection that stands alone is measured once. Merged selections are bounded by their comparisons.
    if (sets.length === 1 && seen.has(first)) return;
    if (sets.length === 1) seen.add(first);
    const opened: Opened = { groups: new Map(), counts: new Map(), fragments: new Set() };
    for (const set of sets) open(set, fragments, opened);
    most = Math.max(most, opened.fragments.size, ...opened.counts.values());
    for (const { length } of opened.groups.values()) comparisons += (length * (length - 1)) / 2;
    for (const nodes of opened.groups.values())
      measure(nodes.flatMap(({ selectionSet }) => selectionSet ?? []));
  }

  for (const each of document.definitions) if ('selectionSet' in each) measure([each.selectionSet]);
  return { most, comparisons };
}

function open({ selections }: SelectionSetNode, fragments: Fragments, opened: Opened): void {
  for (const each of selections) {
    if (each.kind === Kind.FIELD) addField(opened, each);
    if (each.kind === Kind.INLINE_FRAGMENT) open(each.selectionSet, fragments, opened);
    if (each.kind === Kind.FRAGMENT_SPREAD && !opened.fragments.has(each.name.value)) {
      opened.fragments.add(each.name.value);
      const fragment = fragments[each.name.value];
      if (fragment !== undefined) open(fragment.selectionSet, fragments, opened);
    }
  }
}

function addField({ groups, counts }: Opened, node: FieldNode): void {
  const key = node.alias?.value ?? node.name.value;
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [node]);
  else group.push(node);
  for (const name of [`key ${key}`, `field ${node.name.value}`])
    counts.set(name, (counts.get(name) ?? 0) + 1);
}
