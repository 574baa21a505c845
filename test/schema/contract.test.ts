/** The schema that is published against the one that was promised. */

import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLNamedType,
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
  it('takes nothing away from what was promised, and changes nothing', () => {
    expect(findBreakingChanges(promised, schema)).toEqual([]);
  });

  // graphql counts every new enum value as dangerous; to us they are growth.
  it('changes no default and no type behind a client', () => {
    const dangers = findDangerousChanges(promised, schema).map(({ type }) => type);
    expect(dangers.filter((type) => type !== 'VALUE_ADDED_TO_ENUM')).toEqual([]);
  });

  it('has every field with the very type that was promised, no looser and no stricter', () => {
    expect(fieldTypes(schema)).toMatchObject(fieldTypes(promised));
  });

  it('has the very arguments that were promised, with their types and defaults', () => {
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

  it('says of both scalars where they are specified', () => {
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
    own(type) && (isObjectType(type) || isInputObjectType(type) || isInterfaceType(type))
      ? Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, String(field.type)])
      : [],
  );
  return Object.fromEntries(fields);
}

/** Everything of a type that can have a description: its place, and the description. */
function elementsOf(type: GraphQLNamedType): [place: string, description: string | null | undefined][] {
  const self: [string, string | null | undefined] = [type.name, type.description];
  if (isEnumType(type)) {
    return [
      self,
      ...type.getValues().map(({ name, description }) => at(`${type.name}.${name}`, description)),
    ];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return [self, ...fields.map(({ name, description }) => at(`${type.name}.${name}`, description))];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [self];
  return [
    self,
    ...Object.values(type.getFields()).flatMap(({ name, description, args }) => [
      at(`${type.name}.${name}`, description),
      ...args.map((arg) => at(`${type.name}.${name}(${arg.name})`, arg.description)),
    ]),
  ];
}

function at(place: string, description: string | null | undefined): [string, string | null | undefined] {
  return [place, description];
}
