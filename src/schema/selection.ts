/**
 * Collects the fields of a selection: fragments are opened, and `@skip` and `@include` are obeyed. Knows GraphQL only,
 * nothing of customers.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** A document's fragments by name. It has no prototype: a document may spread a fragment called `constructor`. */
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** Collects the fragments of a document by name. Of two with the same name the last one counts. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  return fragments;
}

/** What a selection is read with. `variableValues` may be uncoerced: only directives use them. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'> & {
  /** If true, a directive with a missing or wrong condition includes its selection. Otherwise it throws, as in execution. */
  readonly isLenient?: boolean;
};

/** A walk over one selection. `opened` has the names of the fragments that it has opened. */
type Walk = {
  readonly info: SelectionInfo;
  readonly type: GraphQLObjectType;
  readonly fields: Map<string, FieldNode[]>;
  readonly opened: Set<string>;
};

/**
 * Returns the fields selected under some nodes, by response key: `CollectFields` of the GraphQL specification (October 2021,
 * section 6.3.2). Nodes under one key are one field, with the same arguments.
 */
export function selectedFields(
  info: SelectionInfo,
  type: GraphQLObjectType,
  nodes: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
): Map<string, FieldNode[]> {
  const walk: Walk = { info, type, fields: new Map(), opened: new Set() };
  for (const { selectionSet } of nodes) collectFields(walk, selectionSet);
  return walk.fields;
}

function collectFields(walk: Walk, selectionSet: SelectionSetNode | undefined): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!isIncluded(walk.info, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const nodes = walk.fields.get(key);
      if (nodes === undefined) walk.fields.set(key, [selection]);
      else nodes.push(selection);
      continue;
    }
    const fragment = openFragment(walk, selection);
    if (fragment !== undefined && appliesTo(walk, fragment)) collectFields(walk, fragment.selectionSet);
  }
}

function isIncluded({ variableValues, isLenient = false }: SelectionInfo, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  try {
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
    return skip?.['if'] !== true && include?.['if'] !== false;
  } catch (error) {
    if (isLenient) return true;
    throw error;
  }
}

/**
 * Opens the fragment of a selection; undefined if the walk has opened it before. The specification opens each fragment once.
 * Otherwise fragments that spread each other twice would double the work at every step.
 */
function openFragment(
  { info, opened }: Walk,
  selection: FragmentSpreadNode | InlineFragmentNode,
): FragmentDefinitionNode | InlineFragmentNode | undefined {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) return selection;
  const name = selection.name.value;
  if (opened.has(name)) return undefined;
  opened.add(name);
  return info.fragments[name];
}

/** A fragment applies to its own type, and to the types that implement or belong to it. */
function appliesTo(
  { info: { schema }, type }: Walk,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
): boolean {
  if (typeCondition === undefined || typeCondition.name.value === type.name) return true;
  const condition = schema.getType(typeCondition.name.value);
  return isAbstractType(condition) && schema.isSubType(condition, type);
}

/** Whether the arguments of a field have variables, at any depth. A text cannot imitate one, because its quotes are escaped. */
export function hasVariables({ arguments: given = [] }: FieldNode): boolean {
  return JSON.stringify(given).includes('"kind":"Variable"');
}
