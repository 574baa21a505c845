/**
 * The size of an operation: how many fields it will resolve, known before anything runs.
 *
 * Background. A few hundred bytes can ask for millions of fields: aliases inside fragments inside aliases, or one
 * customer a thousand times in a list of variables. Such an operation costs few upstream calls, or none; it costs this
 * process, in which everybody waits for everybody's fields.
 *
 * Need. The product of all that multiplies, without walking it.
 *
 * Trick. What one object of a type resolves depends on the selections under it alone. So each group of selections is
 * measured once, and its parent multiplies by how many objects there will be. A list's length is what is asked for: the
 * length of a list argument, `first` or `last`. How many entries a window has is known one level above the entries, so a
 * size is a line: a fixed part, and a part for each entry.
 *
 * Cost. The walk of the look-ahead, once more. It ends as soon as the size is over its bound.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  valueFromASTUntyped,
} from 'graphql';
import { GatewayError } from '../../errors.ts';
import { fragmentsOf, type SelectionInfo, selectedFields } from '../selection.ts';
import {
  charactersCounted,
  isList,
  type ListLength,
  listLengths,
  sizeOfBalance,
  sizeOfCustomer,
  sizeOfId,
  weightOfIntrospection,
  weights,
} from './field-sizes.ts';
import { argumentOf, givenValue, lengthOf, textIn, windowSize } from './given-arguments.ts';
import { type GroupKey, measureIntrospection, numberGroups } from './introspection-size.ts';

/** The bounds of one operation. */
export type SizeBounds = {
  /** Fields. */
  readonly maxOperationSize: number;
  readonly maxRootFields: number;
  /** Items of one list argument. */
  readonly maxListItems: number;
  /** Entries of one window; more are refused elsewhere. */
  readonly maxPageSize: number;
};

/** What is asked: a valid document, and the variables as they came, not coerced yet. */
export type AskedOperation = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
};

/**
 * Fields of one object: so many, so many more for each entry of the window that it stands in, and how often the id of the
 * customer that it belongs to is sealed.
 */
type Size = { readonly fixed: number; readonly perEntry: number; readonly ids: number };

/**
 * The size of an operation.
 * @throws {GatewayError} OPERATION_LIMITED when it is over `maxOperationSize`, or when it has more root fields or longer
 * list arguments than allowed.
 */
export function sizeOfOperation(schema: GraphQLSchema, asked: AskedOperation, bounds: SizeBounds): number {
  const query = schema.getQueryType();
  if (!query) throw new Error('The schema has no queries');
  const info: SelectionInfo = {
    schema,
    fragments: fragmentsOf(asked.document),
    variableValues: withDefaults(asked),
    isLenient: true, // A variable can be null where a directive takes none: only that selection fails, all others run.
  };
  const roots = selectedFields(info, query, [asked.operation]);
  if (roots.size > bounds.maxRootFields) throw limited('root fields', bounds.maxRootFields, roots.size);
  const walk: Walk = { info, bounds, known: new Map(), groupKey: numberGroups() };
  return sumOf(walk, query, roots).fixed;
}

function withDefaults({ operation, variables }: AskedOperation): Record<string, unknown> {
  const defined = operation.variableDefinitions?.map(({ variable, defaultValue }) => {
    const name = variable.name.value;
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return [name, given === undefined && defaultValue ? valueFromASTUntyped(defaultValue) : given] as const;
  });
  return Object.fromEntries(defined ?? []);
}

/** `known` has the size of each group of selections by its key. */
type Walk = {
  readonly info: SelectionInfo;
  readonly bounds: SizeBounds;
  readonly known: Map<string, Size>;
  readonly groupKey: GroupKey;
};

/** What one object of a type resolves, for the selections under these field nodes. */
function sizeBelow(walk: Walk, type: GraphQLObjectType, nodes: readonly FieldNode[]): Size {
  const key = walk.groupKey(nodes);
  const known = walk.known.get(key);
  if (known !== undefined) return known;
  const size = sumOf(walk, type, selectedFields(walk.info, type, nodes));
  walk.known.set(key, size);
  return size;
}

function sumOf(walk: Walk, type: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): Size {
  let [fixed, perEntry, ids] = [0, 0, 0];
  for (const [key, nodes] of fields) {
    const size = sizeOfField(walk, type, nodes);
    fixed += size.fixed + Math.floor(key.length / charactersCounted);
    perEntry += size.perEntry;
    ids += size.ids;
    if (fixed > walk.bounds.maxOperationSize) {
      const message = `An operation resolves up to ${walk.bounds.maxOperationSize} fields, this one asks for more`;
      throw new GatewayError('OPERATION_LIMITED', message, { limit: walk.bounds.maxOperationSize });
    }
  }
  return { fixed, perEntry, ids };
}

function sizeOfField(walk: Walk, parent: GraphQLObjectType, nodes: readonly FieldNode[]): Size {
  const [node] = nodes;
  if (node === undefined) return sizeOf(0);
  checkListArguments(walk, node);
  const meta = metaFields[node.name.value];
  if (meta !== undefined) return sizeOf(weightOfIntrospection * sizeOfIntrospection(walk, meta, nodes));
  const field = parent.getFields()[node.name.value];
  const type = field && objectTypeOf(walk, field);
  // A leaf, or `__typename`.
  if (field === undefined || type === undefined) return sizeOfLeaf(`${parent.name}.${node.name.value}`);
  const below = sizeBelow(walk, type, nodes);
  const text = textIn(walk.info.variableValues, node);
  const ofText = Math.floor(text.characters / charactersCounted);
  // The entries below are those of this window, and of no other.
  if (type.name === 'LedgerBalance') {
    const entries = below.perEntry * windowSize(walk.info.variableValues, node, walk.bounds.maxPageSize);
    return { fixed: 1 + sizeOfBalance + ofText + below.fixed + entries, perEntry: 0, ids: below.ids };
  }
  if (type.name === 'Customer') {
    const own = sizeOfCustomer + below.fixed + below.ids * sizeOfId(text.longest);
    const length = listLengths[`${parent.name}.${field.name}`];
    return sizeOf(ofText + (isList(field) ? 1 + (1 + own) * countOf(walk, node, length) : 1 + own));
  }
  if (!isList(field)) return { ...below, fixed: 1 + below.fixed };
  const length = listLengths[`${parent.name}.${field.name}`];
  if (length === 'window') return { fixed: 1, perEntry: 1 + below.fixed, ids: 0 };
  return sizeOf(1 + (1 + below.fixed) * countOf(walk, node, length));
}

function sizeOf(fixed: number): Size {
  return { fixed, perEntry: 0, ids: 0 };
}

function sizeOfLeaf(name: string): Size {
  return name === 'Customer.id' ? { fixed: 0, perEntry: 0, ids: 1 } : sizeOf(weights[name] ?? 1);
}

/** How long a list is that is no window. */
function countOf(walk: Walk, node: FieldNode, length: ListLength | undefined): number {
  if (typeof length === 'number') return length;
  return typeof length === 'object'
    ? lengthOf(walk.info.variableValues, argumentOf(node, length.argument))
    : 1;
}

const metaFields: Readonly<Record<string, GraphQLField<unknown, unknown>>> = {
  [SchemaMetaFieldDef.name]: SchemaMetaFieldDef,
  [TypeMetaFieldDef.name]: TypeMetaFieldDef,
};

function sizeOfIntrospection(
  { info, bounds, groupKey }: Walk,
  field: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): number {
  const name = nodes[0] && givenValue(info.variableValues, argumentOf(nodes[0], 'name'));
  return measureIntrospection(
    { info, groupKey, most: bounds.maxOperationSize },
    field,
    nodes,
    typeof name === 'string' ? name : '',
  );
}

/** The object type that a field leads to; an interface stands for the one type that has it, the customer. */
function objectTypeOf({ info }: Walk, field: GraphQLField<unknown, unknown>): GraphQLObjectType | undefined {
  const type = getNamedType(field.type);
  if (isObjectType(type)) return type;
  return type.name === 'Node' ? (info.schema.getType('Customer') as GraphQLObjectType) : undefined;
}

function checkListArguments(walk: Walk, node: FieldNode): void {
  const { maxListItems } = walk.bounds;
  for (const { value } of node.arguments ?? []) {
    const length = lengthOf(walk.info.variableValues, value);
    if (length > maxListItems) throw limited('items in a list argument', maxListItems, length);
  }
}

function limited(what: string, limit: number, got: number): GatewayError {
  return new GatewayError('OPERATION_LIMITED', `An operation takes up to ${limit} ${what}, got ${got}`, {
    limit,
  });
}
