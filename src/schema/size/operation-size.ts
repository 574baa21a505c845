/**
 * The size of an operation: how many fields it will resolve. It is known before anything runs.
 *
 * Background. A few hundred bytes can ask for millions of fields: aliases in fragments in aliases, or one customer a
 * thousand times in a variable. Such an operation needs few upstream calls, or none. It costs this process, in which
 * every caller waits while the fields of others are resolved.
 *
 * Need. Multiply everything that repeats, without walking through the repetitions.
 *
 * Trick. What one object resolves depends on its type and on the selections below it, and on nothing else. So each group
 * of selections is measured once, and its parent multiplies the result by the number of objects. A list is as long as
 * its list argument, or as `first` or `last`. Two factors are known only further up: the balance has the number of
 * entries, and the customer has the length of the identifier. A size therefore has three parts: fields, fields for each
 * entry, and ids. The balance turns entries into fields, and the customer turns ids into fields.
 *
 * Cost. A second walk like the look-ahead's. It ends as soon as the size is over its bound.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isListType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  valueFromASTUntyped,
} from 'graphql';
import { GatewayError } from '../../errors.ts';
import { fragmentsOf, hasVariables, objectBelow, type SelectionInfo, selectedFields } from '../selection.ts';
import {
  argumentOf,
  type GivenVariables,
  givenArgument,
  lengthOf,
  listLengths,
  measureValues,
  sizeOfBalance,
  sizeOfCustomer,
  sizeOfId,
  sizeOfText,
  weightOfIntrospection,
  weights,
  windowSize,
} from './field-sizes.ts';
import { createGroupKeys, measureIntrospection } from './introspection-size.ts';

/** The bounds of one operation. */
export type SizeBounds = {
  /** Fields. */
  readonly maxOperationSize: number;
  readonly maxRootFields: number;
  /** Values in one list argument. */
  readonly maxListItems: number;
  /** Entries of one window; a larger one is refused elsewhere. */
  readonly maxPageSize: number;
};

/** An operation of a valid document, and its variables as the client sent them, not coerced yet. */
export type AskedOperation = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: GivenVariables;
};

/**
 * What is remembered of an operation that is measured for every request: the fields of each group of selections, and the
 * sizes that no variable changes. It is good for one document, and for one value of each variable in its directives.
 */
export type SizeMemory = {
  readonly groupKey: ReturnType<typeof createGroupKeys>;
  readonly fixed: Map<unknown, Size>;
  /** The root fields, if they are known. */
  readonly roots: SelectedFields | undefined;
};

/** Fields by response key. Fields with one array of nodes are measured once. */
type SelectedFields = ReadonlyMap<string, readonly FieldNode[]>;

/** Builds an empty memory. */
export function createSizeMemory(roots?: SelectedFields): SizeMemory {
  return { groupKey: createGroupKeys(), fixed: new Map(), roots };
}

/**
 * The size of an operation.
 * @throws {GatewayError} OPERATION_LIMITED when it is over `maxOperationSize`, or when it has more root fields or longer
 * list arguments than allowed.
 */
export function sizeOfOperation(
  schema: GraphQLSchema,
  asked: AskedOperation,
  bounds: SizeBounds,
  memory: SizeMemory = createSizeMemory(),
): number {
  const query = schema.getQueryType();
  if (!query) throw new Error('The schema has no queries');
  const info: SelectionInfo = {
    schema,
    fragments: fragmentsOf(asked.document),
    variableValues: withDefaults(asked),
    isLenient: true, // A null variable in a directive fails only its own selection: all others run.
  };
  const roots = memory.roots ?? selectedFields(info, query, [asked.operation]);
  if (roots.size > bounds.maxRootFields)
    throw limited('An operation takes', bounds.maxRootFields, 'root fields', roots.size);
  const walk: Walk = { info, bounds, memory, known: new Map() };
  return sizeOfFields(walk, query, roots).fields;
}

function withDefaults({ operation, variables }: AskedOperation): GivenVariables {
  const defined = operation.variableDefinitions?.map(({ variable, defaultValue }) => {
    const name = variable.name.value;
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return [name, given === undefined && defaultValue ? valueFromASTUntyped(defaultValue) : given] as const;
  });
  return Object.fromEntries(defined ?? []);
}

/** The three parts of a size. */
type Size = Readonly<typeof nothing>;

/**
 * `perEntry`: fields for each entry of the window around them. `ids`: how often the id of the customer around them is sealed.
 * `isFixed`: whether the size is the same for all values of variables.
 */
const nothing = { fields: 0, perEntry: 0, ids: 0, isFixed: true };

/** One walk over an operation. `known` has measured sizes: by group key those of groups of selections, by nodes those of fields. */
type Walk = {
  readonly info: SelectionInfo;
  readonly bounds: SizeBounds;
  readonly memory: SizeMemory;
  readonly known: Map<unknown, Size>;
};

function sizeOfFields(walk: Walk, type: GraphQLObjectType, selected: SelectedFields): Size {
  const { maxOperationSize: limit } = walk.bounds;
  const sum = { ...nothing };
  for (const [key, nodes] of selected) {
    const size = walk.known.get(nodes) ?? sizeOfField(walk, type, nodes);
    walk.known.set(nodes, size);
    sum.fields += size.fields + sizeOfText(key.length);
    sum.perEntry += size.perEntry;
    sum.ids += size.ids;
    sum.isFixed &&= size.isFixed;
    if (sum.fields <= limit) continue;
    const message = `An operation resolves up to ${limit} fields, this one asks for more`;
    throw new GatewayError('OPERATION_LIMITED', message, { limit });
  }
  return sum;
}

/** The size of a field with everything below it, for one object of its parent type. */
function sizeOfField(walk: Walk, parent: GraphQLObjectType, nodes: readonly FieldNode[]): Size {
  const [node] = nodes;
  if (node === undefined) return nothing;
  checkListArguments(walk, node);
  if ([SchemaMetaFieldDef.name, TypeMetaFieldDef.name].includes(node.name.value))
    return sizeOfIntrospection(walk, nodes, node);
  const name = `${parent.name}.${node.name.value}`;
  const field = parent.getFields()[node.name.value]; // `__typename` is in no type.
  const type = field && objectBelow(walk.info.schema, field.type);
  if (name === 'Customer.id') return { ...nothing, ids: 1 };
  if (field === undefined || type === undefined) return { ...nothing, fields: weights[name] ?? 1 };
  const given = node.arguments?.map(({ value }) => valueFromASTUntyped(value, walk.info.variableValues));
  const { texts, longestText } = measureValues(given);
  const object = sizeOfObject(walk, type, nodes, longestText);
  const own = 1 + sizeOfText(texts);
  const isFixed = object.isFixed && !hasVariables(node);
  if (!isListType(getNullableType(field.type))) return { ...object, fields: own + object.fields, isFixed };
  const length = listLengths[name];
  if (length === 'window') return { ...nothing, fields: own, perEntry: 1 + object.fields, isFixed };
  const count =
    typeof length === 'object'
      ? lengthOf(walk.info.variableValues, argumentOf(node, length.argument))
      : (length ?? 1);
  return { ...nothing, fields: own + (1 + object.fields) * count, isFixed };
}

/** The size of one object that a field gives. A customer's identifier has at most `longest` characters. */
function sizeOfObject(
  walk: Walk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  longest: number,
): Size {
  const below = sizeBelow(walk, type, nodes);
  if (type.name === 'Customer')
    return { ...below, ids: 0, fields: sizeOfCustomer + below.fields + below.ids * sizeOfId(longest) };
  if (type.name !== 'LedgerBalance' || nodes[0] === undefined) return below;
  const entries = windowSize(walk.info.variableValues, nodes[0], walk.bounds.maxPageSize);
  return { ...below, perEntry: 0, fields: sizeOfBalance + below.fields + below.perEntry * entries };
}

/** The size of one object for the selections under these nodes. It is measured once. */
function sizeBelow(walk: Walk, type: GraphQLObjectType, nodes: readonly FieldNode[]): Size {
  const { groupKey, fixed } = walk.memory;
  const key = groupKey(nodes);
  const known = fixed.get(key) ?? walk.known.get(key);
  if (known !== undefined) return known;
  const size = sizeOfFields(walk, type, selectedFields(walk.info, type, nodes));
  (size.isFixed ? fixed : walk.known).set(key, size);
  return size;
}

function sizeOfIntrospection({ info, bounds }: Walk, nodes: readonly FieldNode[], node: FieldNode): Size {
  const typeName = givenArgument(info.variableValues, node, 'name');
  const resolved = measureIntrospection(info, nodes, typeName, bounds.maxOperationSize);
  return { ...nothing, fields: weightOfIntrospection * resolved, isFixed: false };
}

function checkListArguments({ info, bounds: { maxListItems } }: Walk, node: FieldNode): void {
  for (const { value } of node.arguments ?? []) {
    const length = lengthOf(info.variableValues, value);
    if (length > maxListItems)
      throw limited('An operation takes', maxListItems, 'items in a list argument', length);
  }
}

/** Builds the error for what is over a limit. */
export const limited = (what: string, limit: number, unit: string, got: number | 'more' = 'more') =>
  new GatewayError('OPERATION_LIMITED', `${what} up to ${limit} ${unit}, got ${got}`, { limit });
