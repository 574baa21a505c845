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

/**
 * The fields selected under some field nodes, by response key, as the specification's CollectFields has it
 * (October 2021, section 6.3.2): nodes under one key are one field, with the same arguments.
 */
export function selectedFields(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  for (const node of nodes) collectFields(info, type, node.selectionSet, fields);
  return fields;
}

function collectFields(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  selectionSet: SelectionSetNode | undefined,
  fields: Map<string, FieldNode[]>,
): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!isIncluded(info, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      fields.set(key, [...(fields.get(key) ?? []), selection]);
      continue;
    }
    const fragment = fragmentOf(info, selection);
    if (fragment !== undefined && appliesTo(info, fragment, type)) {
      collectFields(info, type, fragment.selectionSet, fields);
    }
  }
}

function isIncluded({ variableValues }: GraphQLResolveInfo, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}

function fragmentOf(
  { fragments }: GraphQLResolveInfo,
  selection: FragmentSpreadNode | InlineFragmentNode,
): FragmentDefinitionNode | InlineFragmentNode | undefined {
  return selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
}

/** A fragment applies to its own type, and to the types that implement or belong to it. */
function appliesTo(
  { schema }: GraphQLResolveInfo,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  type: GraphQLObjectType,
): boolean {
  if (typeCondition === undefined || typeCondition.name.value === type.name) return true;
  const condition = schema.getType(typeCondition.name.value);
  return isAbstractType(condition) && schema.isSubType(condition, type);
}
