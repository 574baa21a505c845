/** Compares the published schema, and the running one, with the promised one. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema as running } from '../../src/schema/schema.ts';
import { contract } from './contract.ts';

const promised = buildSchema(contract);
const published = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const own = (type: GraphQLNamedType) => !isIntrospectionType(type) && !isSpecifiedScalarType(type);

describe.each([
  ['published', published],
  ['running', running],
])('the %s schema', (_, schema) => {
  it('removes and changes nothing of the contract', () => {
    expect(findBreakingChanges(promised, schema)).toEqual([]);
  });

  // graphql counts every new enum value as dangerous; the contract allows them.
  it('changes no default and no type that clients depend on', () => {
    const dangers = findDangerousChanges(promised, schema).map(({ type }) => type);
    expect(dangers.filter((type) => type !== 'VALUE_ADDED_TO_ENUM')).toEqual([]);
  });

  it('has every promised field with exactly its type', () => {
    expect(fieldTypes(schema)).toMatchObject(fieldTypes(promised));
  });

  it('has every promised argument with exactly its type and default', () => {
    for (const [typeName, fieldName] of [
      ['Query', 'customer'],
      ['Query', 'customers'],
      ['Query', 'node'],
      ['Query', 'nodes'],
      ['Customer', 'ledgerBalance'],
    ] as const) {
      const shapes = [promised, schema].map((each) => {
        const type = each.getType(typeName);
        const args = isObjectType(type) ? type.getFields()[fieldName]?.args : undefined;
        return new Map(args?.map(({ name, type, defaultValue }) => [name, [String(type), defaultValue]]));
      });
      const [wanted, real] = shapes;
      for (const [name, shape] of wanted ?? []) expect([name, real?.get(name)]).toEqual([name, shape]);
      expect(wanted?.size).toBeGreaterThan(0);
    }
  });

  it('describes every type, field, argument, enum value and input field in a sentence', () => {
    const undescribed = Object.values(schema.getTypeMap())
      .filter(own)
      .flatMap((type) => elementsOf(type))
      .filter(([, description]) => !/^[A-Z"`].{9,}[.)]$/s.test(description ?? ''));
    expect(undescribed).toEqual([]);
  });

  it('names the specification of both scalars', () => {
    const scalars = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && own(type));
    expect(scalars.map(({ name }) => name).sort()).toEqual(['Decimal', 'LocalDateTime']);
    for (const scalar of scalars) {
      expect(isScalarType(scalar) && scalar.specifiedByURL).toMatch(/^https:\/\/\S+$/);
    }
  });

  it('has no mutations and no subscriptions', () => {
    expect([schema.getMutationType(), schema.getSubscriptionType()]).toEqual([undefined, undefined]);
  });
});

/** The types of all fields, output and input, by `Type.field`. */
function fieldTypes(schema: GraphQLSchema): Record<string, string> {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    own(type) && hasFields(type)
      ? Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, String(field.type)])
      : [],
  );
  return Object.fromEntries(fields);
}

/** Everything of a type that can have a description, itself included, by name. */
function elementsOf(type: GraphQLNamedType): (readonly [name: string, description: string | undefined])[] {
  const elements = isEnumType(type)
    ? [...type.getValues()]
    : hasFields(type)
      ? Object.values(type.getFields()).flatMap((field) => [field, ...('args' in field ? field.args : [])])
      : [];
  return [
    [type.name, type.description ?? undefined],
    ...elements.map((each) => [`${type.name}: ${each.name}`, each.description ?? undefined] as const),
  ];
}

function hasFields(
  type: GraphQLNamedType,
): type is GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
}
