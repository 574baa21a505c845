/**
 * Draws hostile operations over the whole schema: aliases, fragments, lists, variables, directives, introspection and
 * batches. They are small in bytes and ask for much. The same seed draws the same operations.
 */
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { schema } from '../../src/schema/schema.ts';

/** One HTTP request: its body, and the kind of attack. */
export type HostileRequest = { readonly kind: string; readonly body: unknown };

/** Draws numbers from 0 up to 1, the same for the same seed (Mulberry32). */
export function drawFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Draw = () => number;

const upTo = (draw: Draw, most: number) => 1 + Math.floor(draw() * most);
const oneOf = <Item>(draw: Draw, items: readonly Item[]): Item =>
  items[Math.floor(draw() * items.length)] as Item;

/** A fragment for each type, with several aliases for each field. A few hundred bytes multiply over all levels. */
function productOfFragments(draw: Draw, types: readonly string[], arguments_: () => string): string {
  return types
    .map((name) => {
      const type = schema.getType(name) as GraphQLObjectType;
      const fields = Object.values(type.getFields()).filter(() => draw() < 0.6);
      const selections = fields.map((field) => {
        const below = getNamedType(field.type);
        const set = isObjectType(below)
          ? types.includes(below.name)
            ? `{ ...${below.name} }`
            : '{ __typename }'
          : '';
        const given = field.name === 'ledgerBalance' ? arguments_() : '';
        const directive = draw() < 0.2 ? '@include(if: true)' : '';
        return Array.from(
          { length: upTo(draw, 20) },
          (_, n) => `${field.name}${n}: ${field.name}${given} ${directive} ${set}`,
        );
      });
      return `fragment ${name} on ${name} { __typename ${selections.flat().join(' ')} }`;
    })
    .join('\n');
}

const customerTypes = [
  'Customer',
  'LedgerBalance',
  'LedgerBalanceEdge',
  'ClosingBalance',
  'PageInfo',
  'LedgerWarning',
];
const mobile = (number: number) => `{ name: MOBILE, value: "${447_700_000_000 + number}" }`;

/** The kinds of attack. */
const attacks: Readonly<Record<string, (draw: Draw) => unknown>> = {
  'a product of aliases and fragments': (draw) => {
    const window = () => `(${oneOf(draw, ['first', 'last'])}: ${upTo(draw, 200)})`;
    return {
      query: `{ customer(identifier: ${mobile(0)}) { ...Customer } } ${productOfFragments(draw, customerTypes, window)}`,
    };
  },
  'a list of variables under many aliases': (draw) => {
    const field = oneOf(draw, [
      'customers(identifiers: $i) { id }',
      'customers(identifiers: $i) { firstName lastName }',
    ]);
    const aliases = Array.from({ length: upTo(draw, 60) }, (_, n) => `a${n}: ${field}`);
    const people = upTo(draw, 3);
    const i = Array.from({ length: upTo(draw, 400) }, (_, n) => ({
      name: 'MOBILE',
      value: String(447_700_000_000 + (n % people)),
    }));
    return { query: `query ($i: [CustomerIdentifierInput!]!) { ${aliases.join(' ')} }`, variables: { i } };
  },
  'unknown ids': (draw) => {
    const aliases = Array.from({ length: upTo(draw, 60) }, (_, n) => `a${n}: nodes(ids: $i) { id }`);
    const i = Array.from({ length: upTo(draw, 400) }, (_, n) =>
      oneOf(draw, ['', 'x', `AQ${'A'.repeat(96 + (n % 3))}`]),
    );
    return { query: `query ($i: [ID!]!) { ${aliases.join(' ')} }`, variables: { i } };
  },
  'introspection, multiplied': (draw) => {
    const types = ['__Schema', '__Type', '__Field', '__InputValue', '__EnumValue', '__Directive'];
    return {
      query: `{ a: __schema { ...__Schema } b: __schema { ...__Schema } } ${productOfFragments(draw, types, () => '')}`,
    };
  },
  'a window of wrong values': (draw) => {
    const aliases = Array.from(
      { length: upTo(draw, 50) },
      (_, n) => `a${n}: ledgerBalance(first: ${oneOf(draw, [-1, 201, 1e9])}) { totalCount }`,
    );
    const customers = Array.from(
      { length: upTo(draw, 50) },
      (_, n) => `c${n}: customer(identifier: ${mobile(n)}) { ...C }`,
    );
    return { query: `{ ${customers.join(' ')} } fragment C on Customer { ${aliases.join(' ')} }` };
  },
  'unknown fields': (draw) => ({
    query: `${'\n'.repeat(upTo(draw, 1500))}{ ${Array.from({ length: upTo(draw, 600) }, (_, n) => `ledgerBalanc${n}`).join(' ')} }`,
  }),
  'one selection repeated': (draw) => ({
    query: `{ customer(identifier: ${mobile(0)}) { ${oneOf(draw, [
      'id ',
      'ledgerBalance { totalCount } ',
      '... { id } ',
      '...F ',
    ]).repeat(upTo(draw, 700))} } } fragment F on Customer { id }`,
  }),
  'long names': (draw) => ({
    query: `{ customer(identifier: ${mobile(0)}) { ledgerBalance(first: 200) { nodes { ${'n'.repeat(upTo(draw, 2000))}: pointsCategory } } } }`,
  }),
  'very many tokens': (draw) => ({ query: `{ ${'a '.repeat(upTo(draw, 100_000))} }` }),
  'deep nesting': (draw) => ({ query: `{ ${'a { '.repeat(upTo(draw, 3000))} a` }),
  'deep variables': (draw) => {
    const depth = upTo(draw, 3000);
    return `{"query":"query ($i: ID!) { node(id: $i) { id } }","variables":{"i":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  },
  'foreign cursors': (draw) => {
    const aliases = Array.from(
      { length: upTo(draw, 50) },
      (_, n) => `a${n}: ledgerBalance(after: $c) { totalCount }`,
    );
    const customers = Array.from(
      { length: upTo(draw, 30) },
      (_, n) => `c${n}: customer(identifier: ${mobile(n)}) { ...C }`,
    );
    return {
      query: `query ($c: String!) { ${customers.join(' ')} } fragment C on Customer { ${aliases.join(' ')} }`,
      variables: { c: 'A'.repeat(upTo(draw, 2000)) },
    };
  },
  'a condition that is null': (draw) => {
    const wide = Array.from(
      { length: upTo(draw, 45) },
      (_, n) => `a${n}: customers(identifiers: $i) { ...C }`,
    );
    const ids = Array.from({ length: upTo(draw, 45) }, (_, n) => `b${n}: id`);
    return {
      query: `query ($x: Boolean = true, $i: [CustomerIdentifierInput!]!) { __typename @include(if: $x) ${wide.join(' ')} }
        fragment C on Customer { firstName @skip(if: $x) ${ids.join(' ')} }`,
      variables: { x: null, i: Array(upTo(draw, 200)).fill({ name: 'MOBILE', value: '447700000000' }) },
    };
  },
  'long texts to seal and to encode': (draw) => {
    const [unit, length] = [oneOf(draw, ['x', 'é', '\u0001']), upTo(draw, 990)];
    const ids = Array.from({ length: upTo(draw, 50) }, (_, n) => `a${n}: id`);
    const balances = Array.from(
      { length: upTo(draw, 48) },
      (_, n) => `b${n}: ledgerBalance(currencies: $c) { totalCount }`,
    );
    return {
      query: `query ($v: String!, $c: [String!]) {
        customer(identifier: { name: EXTERNAL_ID, value: $v, accountId: $v }) { ...C }
        other: customer(identifier: ${mobile(0)}) { ${balances.join(' ')} } }
        fragment C on Customer { ${ids.join(' ')} }`,
      variables: {
        v: unit.repeat(length),
        c: Array.from({ length: upTo(draw, 100) }, (_, n) => `${unit.repeat(length)}${n}`),
      },
    };
  },
  'long unknown ids': (draw) => {
    const aliases = Array.from({ length: upTo(draw, 50) }, (_, n) => `a${n}: nodes(ids: $i) { __typename }`);
    const i = Array.from({ length: upTo(draw, 7) }, (_, n) => `AQ${'A'.repeat(16_380 - 4 * n)}`);
    return { query: `query ($i: [ID!]!) { ${aliases.join(' ')} }`, variables: { i } };
  },
  'a variable with many errors': (draw) => {
    const unknown = Array.from({ length: upTo(draw, 60) }, (_, n) => [`a${n}`, 1] as const);
    const value = oneOf(draw, [' Did you mean ', 'x', '\u0001']).repeat(upTo(draw, 4000));
    return {
      query: 'query ($i: CustomerIdentifierInput!) { customer(identifier: $i) { id } }',
      variables: { i: { name: oneOf(draw, ['MOBILE', value]), value, ...Object.fromEntries(unknown) } },
    };
  },
  'one key for many fields': (draw) => ({
    query: `{ ${Array.from({ length: upTo(draw, 640) }, (_, n) => `a: f${n % upTo(draw, 640)}`).join(' ')} }`,
  }),
  'one field that many selections merge': (draw) => {
    const leaf = 'programId '.repeat(upTo(draw, 14));
    return {
      query: `{ ${`customer(identifier: ${mobile(0)}) { ledgerBalance { nodes { ${leaf}} } } `.repeat(upTo(draw, 40))} }`,
    };
  },
  'lists of empty texts': (draw) => ({
    query: `query ($c: [String!]) { customer(identifier: ${mobile(0)}) { id ledgerBalance(currencies: $c) @skip(if: true) { totalCount } } }`,
    variables: { c: Array(upTo(draw, 85_000)).fill('') },
  }),
  'large extensions': (draw) => ({
    query: '{ __typename }',
    extensions: { a: Array(upTo(draw, 80_000)).fill({}) },
  }),
  'many lists of one customer': (draw) => ({
    query: `{ customer(identifier: ${mobile(0)}) { ${Array.from({ length: upTo(draw, 50) }, (_, n) => `a${n}: ledgerBalance(tillId: "${n}", first: ${upTo(draw, 200)}) { nodes { programId } }`).join(' ')} } }`,
  }),
};

/** Request number `number` of a run. The kinds take turns, and every fifth request is a batch. */
export function hostileRequest(number: number, draw: Draw): HostileRequest {
  const kinds = Object.keys(attacks);
  const kind = kinds[number % kinds.length] ?? '';
  const attack = attacks[kind];
  if (attack === undefined) throw new Error('There is no such attack');
  const isBatch = number % 5 === 4;
  if (!isBatch) return { kind, body: attack(draw) };
  const members = Array.from({ length: upTo(draw, 10) }, () => attack(draw)).map((member) =>
    typeof member === 'string' ? JSON.parse(member) : member,
  );
  return { kind: `${kind}, in a batch`, body: members };
}
