/**
 * An operation in normal form: one tree of fields with fragments opened, directives obeyed and equal response keys
 * merged. The tree holds everything that is the same for every request with this operation.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import {
  fragmentsOf,
  hasVariables,
  objectBelow,
  type SelectionInfo,
  selectedFields,
} from '../../schema/selection.ts';
import type { AskedOperation } from '../../schema/size/operation-size.ts';

/** Coerced variables, as resolvers get them. */
export type Variables = GraphQLResolveInfo['variableValues'];

/** A field at its place in an operation. */
export type FormField = {
  /** The type that has the field. */
  readonly parent: GraphQLObjectType;
  /** Undefined for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | undefined;
  /** The arguments as the executor coerces them. */
  readonly argumentsOf: (variables: Variables) => Readonly<Record<string, unknown>>;
  /** The resolver's `info`; each request adds its variables. */
  readonly info: GraphQLResolveInfo;
  /** The fields selected below it; none for a leaf. */
  readonly below: FormFields;
};

/** The fields of one object by response key. Fields that differ only in their key are one object. */
export type FormFields = ReadonlyMap<string, FormField>;

/** An operation in normal form. `fields` counts the fields of the whole tree. */
export type NormalForm = { readonly roots: FormFields; readonly fields: number };

/**
 * Brings an operation into its normal form, for the values that its variables have in directives. They must be coerced.
 * @returns `undefined` for an operation without one: it is not a query, introspects the schema, or has more than
 * `mostFields` fields.
 */
export function normalFormOf(
  schema: GraphQLSchema,
  { document, operation, variables }: AskedOperation,
  mostFields: number,
): NormalForm | undefined {
  const query = schema.getQueryType();
  if (!query || operation.operation !== 'query' || hasLostName(operation)) return undefined;
  const fragments = fragmentsOf(document);
  const base: SelectionInfo = { schema, fragments, variableValues: variables };
  const readers = new Map<FieldNode | undefined, FormField['argumentsOf']>();
  let left = mostFields;
  let isIntrospecting = false;

  function formOf(parent: GraphQLObjectType, nodes: Parameters<typeof selectedFields>[2]): FormFields {
    const fields = new Map<string, FormField>();
    const known = new Map<string, FormField>();
    for (const [key, fieldNodes] of left < 0 ? [] : selectedFields(base, parent, nodes)) {
      left -= 1;
      // Printing the fields would find a few more equal ones, and take as long as everything else here.
      const text = fieldNodes.map(textOf).join();
      const field = known.get(text) ?? fieldOf(parent, key, fieldNodes);
      known.set(text, field);
      fields.set(key, field);
    }
    return fields;
  }

  function fieldOf(parent: GraphQLObjectType, key: string, fieldNodes: readonly FieldNode[]): FormField {
    const [node] = fieldNodes;
    const name = node?.name.value ?? '';
    const field = parent.getFields()[name];
    if (field === undefined && name !== '__typename') isIntrospecting = true;
    const type = field && objectBelow(schema, field.type);
    const path = { prev: undefined, key, typename: parent.name };
    // A field of a fragment has one reader, however often the fragment is spread.
    const argumentsOf = readers.get(node) ?? argumentsReader(field, node, parent === query);
    readers.set(node, argumentsOf);
    return {
      parent,
      field,
      argumentsOf,
      info: {
        schema,
        fragments,
        operation,
        rootValue: undefined,
        variableValues: noVariables,
        fieldName: name,
        fieldNodes,
        parentType: parent,
        path,
        returnType: field?.type ?? query,
      },
      below: type === undefined ? noFields : formOf(type, fieldNodes),
    } as FormField;
  }

  const roots = formOf(query, [operation]);
  return !isIntrospecting && left >= 0 ? { roots, fields: mostFields - left } : undefined;
}

/** The text of a field without its alias, as its document spells it. */
function textOf({ name, loc }: FieldNode): string {
  if (loc === undefined || name.loc === undefined) throw new Error('Expected a document with locations');
  return loc.source.body.slice(name.loc.start, loc.end);
}

/** graphql holds the values of variables in a plain object, where `__proto__` cannot be set. */
function hasLostName({ variableDefinitions = [] }: OperationDefinitionNode): boolean {
  return variableDefinitions.some(({ variable }) => variable.name.value === '__proto__');
}

/** The names of the variables that `@skip` and `@include` read. Each combination of their values has its own form. */
export function directiveVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  // Most documents have no directive, and need no walk.
  if (!document.loc?.source.body.includes('@')) return [];
  visit(document, {
    Directive(directive) {
      for (const { value } of directive.arguments ?? [])
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

const noFields: FormFields = new Map();
const noArguments = {};
const noVariables = {};

/** Returns the function that coerces a field's arguments. Arguments without variables are coerced once. */
function argumentsReader(
  field: GraphQLField<unknown, unknown> | undefined,
  node: FieldNode | undefined,
  isRoot: boolean,
): FormField['argumentsOf'] {
  if (field === undefined || node === undefined || field.args.length === 0) return () => noArguments;
  if (!hasVariables(node)) {
    const given = getArgumentValues(field, node);
    return () => given;
  }
  if (isRoot) return (variables) => getArgumentValues(field, node, variables);
  // Coerced once for all customers of a request. Nothing may hold a request's variables after its end.
  const known = new WeakMap<Variables, ReturnType<FormField['argumentsOf']>>();
  return (variables) => {
    const given = known.get(variables) ?? getArgumentValues(field, node, variables);
    known.set(variables, given);
    return given;
  };
}
