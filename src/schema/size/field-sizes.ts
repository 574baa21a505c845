/** What single fields count in the size of an operation, and how long the lists of the schema are. */
import { type GraphQLField, type GraphQLSchema, isListType, isNonNullType, isObjectType } from 'graphql';

/**
 * What one item of `customers` or `nodes` counts beside its fields: opening or checking its name, and finding out whether it
 * was asked for before, take about as long as ten fields.
 */
export const sizeOfCustomer = 10;

/** What a balance counts beside its fields: its arguments are checked, its cursor is opened and its calls are planned. */
export const sizeOfBalance = 25;

/** What a field of a question about the schema counts: such an operation is completed in one turn of the loop. */
export const weightOfIntrospection = 2;

/** Fields that count for several, by what it takes to seal a cursor. */
export const weights: Readonly<Record<string, number>> = {
  'LedgerBalanceEdge.cursor': 3,
  'PageInfo.startCursor': 3,
  'PageInfo.endCursor': 3,
};

/**
 * A customer's id: so many for sealing it, and more for a long identifier, which it holds. `characters` is the length of the
 * longest text by which the field names its customers.
 */
export function sizeOfId(characters: number): number {
  return 8 + Math.ceil(characters / 4);
}

/**
 * So many characters count as another field: of a response key beyond the first ones, because it is part of the answer; and
 * of the texts in a field's arguments, because they are checked, and encoded.
 */
export const charactersCounted = 32;

/** Upstream hardly ever sends a warning. More than these are shown, but were not counted. */
const warningsCounted = 5;

/** How a list's length is told: by an argument, by the window that it stands in, or by a number. */
export type ListLength = { readonly argument: string } | 'window' | number;

/** The length of each list of the schema. */
export const listLengths: Readonly<Record<string, ListLength>> = {
  'Query.customers': { argument: 'identifiers' },
  'Query.nodes': { argument: 'ids' },
  'LedgerBalance.edges': 'window',
  'LedgerBalance.nodes': 'window',
  'LedgerBalance.warnings': warningsCounted,
};

/** The lists of the schema whose length is not told here. Each of them would count as one object: there must be none. */
export function unmeasuredLists(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  return types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => isList(field))
        .map(({ name }) => `${type.name}.${name}`),
    )
    .filter((name) => !(name in listLengths));
}

/** Whether a field gives a list. */
export function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
