/**
 * The size of an introspection query: how many fields it will resolve, counted by a walk over the schema.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { type SelectionInfo, selectedFields } from '../selection.ts';

/** Returns a function that gives a key to each group of field nodes. A group is the nodes that are merged into one field. */
export function createGroupKeys(): (nodes: readonly FieldNode[]) => FieldNode | string | undefined {
  const numbers = new Map<FieldNode, number>();
  return (nodes) => {
    if (nodes.length === 1) return nodes[0];
    for (const node of nodes) if (!numbers.has(node)) numbers.set(node, numbers.size);
    return nodes.map((node) => numbers.get(node)).join();
  };
}

/**
 * Counts the fields that `__schema`, or `__type` with this name, resolves. The count stops soon after `most`. Each group of
 * selections is counted once for each part of the schema, however often it meets that part.
 * @param typeName the argument of `__type`: any value that a client may send.
 */
export function measureIntrospection(
  info: SelectionInfo,
  rootNodes: readonly FieldNode[],
  typeName: unknown,
  most: number,
): number {
  const groupKey = createGroupKeys();
  const known = new Map<FieldNode | string | undefined, Map<unknown, number>>();

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

  if (rootNodes[0]?.name.value === SchemaMetaFieldDef.name)
    return sizeOf(SchemaMetaFieldDef, rootNodes, info.schema);
  const type = typeof typeName === 'string' ? info.schema.getType(typeName) : undefined;
  return sizeOf(TypeMetaFieldDef, rootNodes, type);
}

/** Resolves an introspection field, deprecated parts included. graphql's resolvers of these fields use no other arguments. */
function read(info: SelectionInfo, field: GraphQLField<unknown, unknown>, source: unknown): unknown {
  return field.resolve?.(source, { includeDeprecated: true }, undefined, info as GraphQLResolveInfo);
}
