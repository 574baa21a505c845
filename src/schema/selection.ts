/**
 * Looks ahead in a document: which fields a selection has, fragments opened, `@skip` and `@include` obeyed. Knows
 * GraphQL only, nothing of customers.
 */
import {
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

/** What a selection is read with. `variableValues` may be what a client sent: only directives look at them. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'> & {
  /** Whether a directive whose condition is missing or wrong includes, instead of throwing as it does in execution. */
  readonly isLenient?: boolean;
};

/**
 * The fields selected under some field nodes, by response key, as the specification's CollectFields has it
 * (October 2021, section 6.3.2): nodes under one key are one field, with the same arguments.
 */
export function selectedFields(
  info: SelectionInfo,
  type: GraphQLObjectType,
  nodes: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
): Map<string, FieldNode[]> {
  const walk = { info, type, fields: new Map<string, FieldNode[]>(), opened: new Set<string>() };
  for (const node of nodes) collectFields(walk, node.selectionSet);
  return walk.fields;
}

/**
 * A walk over one selection. `opened` holds the names of the fragments met: each is opened once, as the specification
 * has it, for fragments that spread each other twice would else double the work at every step.
 */
type Walk = {
  readonly info: SelectionInfo;
  readonly type: GraphQLObjectType;
  readonly fields: Map<string, FieldNode[]>;
  readonly opened: Set<string>;
};

function collectFields(walk: Walk, selectionSet: SelectionSetNode | undefined): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!isIncluded(walk.info, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      collectField(walk, selection);
      continue;
    }
    const fragment = openFragment(walk, selection);
    if (fragment !== undefined && appliesTo(walk.info, fragment, walk.type)) {
      collectFields(walk, fragment.selectionSet);
    }
  }
}

function collectField({ fields }: Walk, field: FieldNode): void {
  const key = field.alias?.value ?? field.name.value;
  const known = fields.get(key);
  if (known === undefined) fields.set(key, [field]);
  else known.push(field);
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
  { schema }: SelectionInfo,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  type: GraphQLObjectType,
): boolean {
  if (typeCondition === undefined || typeCondition.name.value === type.name) return true;
  const condition = schema.getType(typeCondition.name.value);
  return isAbstractType(condition) && schema.isSubType(condition, type);
}
