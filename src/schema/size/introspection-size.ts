/**
 * The size of a question about the schema itself: how many fields it will resolve, counted on the schema that there is.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
} from 'graphql';
import { type SelectionInfo, selectedFields } from '../selection.ts';

/** Names a group of field nodes that are merged into one field, by the nodes themselves. */
export type GroupKey = (nodes: readonly FieldNode[]) => string;

/** Numbers the nodes of a document as they are met. */
export function numberGroups(): GroupKey {
  const numbers = new Map<FieldNode, number>();
  const numberOf = (node: FieldNode) => {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  };
  return (nodes) => nodes.map(numberOf).join();
}

/** What a count needs; it ends soon after it has passed `most` fields. */
export type IntrospectionCount = {
  readonly info: SelectionInfo;
  readonly groupKey: GroupKey;
  readonly most: number;
};

/**
 * Fields that `__schema`, or `__type` of this name, resolves. Each group of selections is counted once for each part of the
 * schema that it meets, however many ways lead there.
 */
export function measureIntrospection(
  { info, groupKey, most }: IntrospectionCount,
  root: GraphQLField<unknown, unknown>,
  rootNodes: readonly FieldNode[],
  typeName: string,
): number {
  const known = new Map<string, Map<unknown, number>>();

  function sizeOf(
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
    value: unknown,
  ): number {
    const type = getNamedType(field.type);
    if (!isObjectType(type)) return 1;
    let size = 1;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (size > most) break;
      if (each !== null && each !== undefined) size += sizeBelow(type, nodes, each);
    }
    return size;
  }

  function sizeBelow(type: GraphQLObjectType, nodes: readonly FieldNode[], source: unknown): number {
    const key = groupKey(nodes);
    const sizes = known.get(key) ?? new Map<unknown, number>();
    const before = sizes.get(source);
    if (before !== undefined) return before;
    let size = 0;
    for (const below of selectedFields(info, type, nodes).values()) {
      const field = type.getFields()[below[0]?.name.value ?? ''];
      size += field === undefined ? 1 : sizeOf(field, below, read(info, field, source));
      if (size > most) break;
    }
    known.set(key, sizes.set(source, size));
    return size;
  }

  const value = root.name === '__type' ? info.schema.getType(typeName) : info.schema;
  return sizeOf(root, rootNodes, value);
}

/** What an introspection field gives, deprecated parts included. graphql's own resolvers look at nothing else of these. */
function read(info: SelectionInfo, field: GraphQLField<unknown, unknown>, source: unknown): unknown {
  return field.resolve?.(source, { includeDeprecated: true }, undefined, info as GraphQLResolveInfo);
}
