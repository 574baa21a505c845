/**
 * Relay's rules (Cursor Connections; Global Object Identification) for a connection whose name does not end in
 * "Connection": linters go by the name and pass it over, so the rules are checked here.
 */

import {
  assertInterfaceType,
  assertObjectType,
  type GraphQLObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/schema.ts';

const typeNamed = (name: string): GraphQLObjectType => assertObjectType(schema.getType(name));
const typeOf = (type: string, field: string) => String(typeNamed(type).getFields()[field]?.type);

describe('LedgerBalance', () => {
  it('has edges, a list of objects', () => {
    const edges = typeNamed('LedgerBalance').getFields()['edges']?.type;
    expect(isNonNullType(edges) && isListType(edges.ofType)).toBe(true);
    expect(String(edges)).toBe('[LedgerBalanceEdge!]!');
  });

  it('has edges with a cursor that is a string, and a node that is no list', () => {
    expect(typeOf('LedgerBalanceEdge', 'cursor')).toBe('String!');
    expect(typeOf('LedgerBalanceEdge', 'node')).toBe('ClosingBalance!');
  });

  it('has non-null page info of the form that Relay reads', () => {
    expect(typeOf('LedgerBalance', 'pageInfo')).toBe('PageInfo!');
    expect(typeOf('PageInfo', 'hasNextPage')).toBe('Boolean!');
    expect(typeOf('PageInfo', 'hasPreviousPage')).toBe('Boolean!');
    expect(typeOf('PageInfo', 'startCursor')).toBe('String');
    expect(typeOf('PageInfo', 'endCursor')).toBe('String');
  });

  it('takes first and after, last and before, all of which may be left out', () => {
    const field = typeNamed('Customer').getFields()['ledgerBalance'];
    const types = Object.fromEntries(field?.args.map(({ name, type }) => [name, String(type)]) ?? []);
    expect(types).toMatchObject({ first: 'Int', after: 'String', last: 'Int', before: 'String' });
  });
});

describe('Node', () => {
  it('is an interface with one field, a non-null id', () => {
    const fields = assertInterfaceType(schema.getType('Node')).getFields();
    expect(Object.values(fields).map(({ name, type }) => [name, String(type)])).toEqual([['id', 'ID!']]);
  });

  it('is what every type with such an id is', () => {
    const node = assertInterfaceType(schema.getType('Node'));
    const names = schema.getPossibleTypes(node).map(({ name }) => name);
    expect(names).toEqual(['Customer']);
  });

  it('is found by `node` and `nodes`, and may be null', () => {
    expect(typeOf('Query', 'node')).toBe('Node');
    expect(typeOf('Query', 'nodes')).toBe('[Node]!');
  });
});
