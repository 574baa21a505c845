/**
 * Collects the fields of a selection: fragments are opened, and `@skip` and `@include` are obeyed. Knows GraphQL only,
 * nothing of customers.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isObjectType,
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

/**
 * Returns the fields selected under some nodes, by response key: `CollectFields` of the GraphQL specification (October 2021,
 * section 6.3.2). Nodes under one key are one field, with the same arguments.
 */
export function selectedFields(
  info: SelectionInfo,
  type: GraphQLObjectType,
  nodes: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const opened = new Set<string>();

  function collect(selectionSet: SelectionSetNode | undefined): void {
    for (const selection of selectionSet?.selections ?? []) {
      if (!isIncluded(info, selection)) continue;
      if (selection.kind === Kind.FIELD) add(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) open(selection);
      else if (!opened.has(selection.name.value)) {
        // The specification opens each fragment once. Otherwise fragments that spread each other twice would double the work
        // at every step.
        opened.add(selection.name.value);
        open(info.fragments[selection.name.value]);
      }
    }
  }
  function add(node: FieldNode): void {
    const key = node.alias?.value ?? node.name.value;
    const known = fields.get(key);
    if (known === undefined) fields.set(key, [node]);
    else known.push(node);
  }
  function open(fragment: FragmentDefinitionNode | InlineFragmentNode | undefined): void {
    if (fragment !== undefined && appliesTo(info, type, fragment)) collect(fragment.selectionSet);
  }

  for (const { selectionSet } of nodes) collect(selectionSet);
  return fields;
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

/** A fragment applies to its own type, and to the types that implement or belong to it. */
function appliesTo(
  { schema }: SelectionInfo,
  type: GraphQLObjectType,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
): boolean {
  if (typeCondition === undefined || typeCondition.name.value === type.name) return true;
  const condition = schema.getType(typeCondition.name.value);
  return isAbstractType(condition) && schema.isSubType(condition, type);
}

/** The object type of a field. The one interface, `Node`, stands for the one type that implements it. */
export function objectBelow(schema: GraphQLSchema, outer: GraphQLOutputType): GraphQLObjectType | undefined {
  const type = getNamedType(outer);
  if (isObjectType(type)) return type;
  return isAbstractType(type) ? schema.getPossibleTypes(type)[0] : undefined;
}

/** Nodes that were asked about before: a node is asked about in every request with its operation. */
const withVariables = new WeakMap<FieldNode, boolean>();

/** Whether the arguments of a field have variables, at any depth. A text cannot imitate one, because its quotes are escaped. */
export function hasVariables(node: FieldNode): boolean {
  const has = withVariables.get(node) ?? JSON.stringify(node.arguments ?? []).includes('"kind":"Variable"');
  withVariables.set(node, has);
  return has;
}
