/**
 * An operation in normal form: one tree of fields with fragments opened, directives obeyed and equal response keys
 * merged. Whatever is the same for every request with this operation is worked out here, once.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { fragmentsOf, hasVariables, type SelectionInfo, selectedFields } from '../../schema/selection.ts';

/** Coerced variables, as resolvers get them. */
export type Variables = GraphQLResolveInfo['variableValues'];

/** A field at its place in an operation. */
export type FormField = {
  /** The response key. */
  readonly key: string;
  /** The type that has the field. */
  readonly parent: GraphQLObjectType;
  /** Undefined for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | undefined;
  /** The arguments as the executor coerces them. */
  readonly argumentsOf: (variables: Variables) => Readonly<Record<string, unknown>>;
  /** What its resolver gets besides; the variables are added for each request. */
  readonly info: GraphQLResolveInfo;
  /** The fields of the objects that it leads to; none for a leaf. */
  readonly below: readonly FormField[];
};

/** The most fields of a form. A larger one takes longer to make than it saves, and memory for as long as it is cached. */
const mostFields = 400;

/**
 * Brings an operation into its normal form, for the values that its variables have in directives.
 * @returns `undefined` for an operation that has none: it is no query, looks into the schema, or is too large.
 */
export function normalFormOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly FormField[] | undefined {
  const query = schema.getQueryType();
  if (!query || operation.operation !== 'query' || hasLostName(operation)) return undefined;
  const fragments = fragmentsOf(document);
  const base: SelectionInfo = { schema, fragments, variableValues: variables };
  const template = { schema, fragments, operation, rootValue: undefined, variableValues: {} };
  let left = mostFields;
  let isPlain = true;

  function formOf(parent: GraphQLObjectType, nodes: Parameters<typeof selectedFields>[2]): FormField[] {
    const fields = [...selectedFields(base, parent, nodes)];
    left -= fields.length;
    if (left < 0) return [];
    return fields.map(([key, fieldNodes]) => fieldOf(parent, key, fieldNodes));
  }

  function fieldOf(parent: GraphQLObjectType, key: string, fieldNodes: readonly FieldNode[]): FormField {
    const [node] = fieldNodes;
    const name = node?.name.value ?? '';
    const field = parent.getFields()[name];
    if (field === undefined && name !== '__typename') isPlain = false; // Introspection.
    const type = field && objectBelow(schema, field.type);
    const path = { prev: undefined, key, typename: parent.name };
    return {
      key,
      parent,
      field,
      argumentsOf: argumentsReader(field, node),
      info: {
        ...template,
        fieldName: name,
        fieldNodes,
        parentType: parent,
        path,
        returnType: field?.type ?? query,
      },
      below: type === undefined ? [] : formOf(type, fieldNodes),
    } as FormField;
  }

  const form = formOf(query, [operation]);
  return isPlain && left >= 0 ? form : undefined;
}

/** `$__proto__` cannot be set in the plain object that holds the values of variables. */
function hasLostName({ variableDefinitions = [] }: OperationDefinitionNode): boolean {
  return variableDefinitions.some(({ variable }) => variable.name.value === '__proto__');
}

/** The names of the variables that `@skip` and `@include` read: for each of their values there is a form of its own. */
export function directiveVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      for (const { value } of directive.arguments ?? [])
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** The object type that a field leads to. An interface that one type alone implements leads to that type. */
function objectBelow(schema: GraphQLSchema, outer: GraphQLOutputType): GraphQLObjectType | undefined {
  const type = getNamedType(outer);
  if (isObjectType(type)) return type;
  return isAbstractType(type) ? schema.getPossibleTypes(type)[0] : undefined;
}

const noArguments = {};

/** Arguments without variables are coerced once. */
function argumentsReader(
  field: GraphQLField<unknown, unknown> | undefined,
  node: FieldNode | undefined,
): FormField['argumentsOf'] {
  if (field === undefined || node === undefined || field.args.length === 0) return () => noArguments;
  if (!hasVariables(node)) {
    const given = getArgumentValues(field, node);
    return () => given;
  }
  return (variables) => getArgumentValues(field, node, variables);
}
