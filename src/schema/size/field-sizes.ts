/** What each field counts in the size of an operation, and how long each list is. A new list of the schema is added here. */
import { type FieldNode, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { defaultWindowSize } from '../../ledger/list/window.ts';

/**
 * What one customer counts besides its fields. Opening or checking its identifier, and looking for the same customer, takes
 * about as long as ten fields.
 */
export const sizeOfCustomer = 10;

/** What a balance counts besides its fields: its arguments are checked, its cursor is opened and its calls are planned. */
export const sizeOfBalance = 25;

/** What each introspection field counts: double, because all of them are completed in one turn of the event loop. */
export const weightOfIntrospection = 2;

/** Leaves that count as several fields, by the time that sealing a cursor takes. */
export const weights: Readonly<Record<string, number>> = {
  'LedgerBalanceEdge.cursor': 3,
  'PageInfo.startCursor': 3,
  'PageInfo.endCursor': 3,
};

/** What a customer's id counts. It is sealed, and holds the identifier of up to `characters` characters. */
export function sizeOfId(characters: number): number {
  return 8 + Math.ceil(characters / 4);
}

/** What text counts besides the fields: response keys are part of the answer, arguments are checked and encoded. */
export function sizeOfText(characters: number): number {
  return Math.floor(characters / 32);
}

/** How many warnings of a list count. The upstream hardly ever sends one. More are shown, but not counted. */
const warningsCounted = 5;

/**
 * The length of each list of the schema: that of a list argument, that of the window around it, or a fixed number. A list that
 * is missing here would count as one object; a test finds it.
 */
export const listLengths: Readonly<Record<string, { readonly argument: string } | 'window' | number>> = {
  'Query.customers': { argument: 'identifiers' },
  'Query.nodes': { argument: 'ids' },
  'LedgerBalance.edges': 'window',
  'LedgerBalance.nodes': 'window',
  'LedgerBalance.warnings': warningsCounted,
};

/** The variables of an operation as the client sent them, not coerced yet, with defaults filled in. */
export type GivenVariables = Readonly<Record<string, unknown>>;

/** The value of an argument with its variables filled in, not coerced; undefined when it is left out. */
export function givenArgument(variables: GivenVariables, node: FieldNode, name: string): unknown {
  const value = argumentOf(node, name);
  return value && valueFromASTUntyped(value, variables);
}

/** How many entries a balance asks for. It is 0 when its arguments are wrong, because then the balance is refused. */
export function windowSize(variables: GivenVariables, node: FieldNode, maxPageSize: number): number {
  const asked =
    givenArgument(variables, node, 'first') ?? givenArgument(variables, node, 'last') ?? defaultWindowSize;
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, maxPageSize) : 0;
}

/** The value of an argument as the document has it; undefined when it is left out. */
export function argumentOf(node: FieldNode, name: string): ValueNode | undefined {
  return node.arguments?.find((each) => each.name.value === name)?.value;
}

/** How many values a list has. A value that is no list stands for a list of one (GraphQL, section 3.11). */
export function lengthOf(variables: GivenVariables, value: ValueNode | undefined): number {
  if (value?.kind === Kind.LIST) return value.values.length;
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return Array.isArray(given) ? given.length : 1;
}

/** What a value counts besides its text: its bytes of memory. In JSON it may have only two characters. */
const charactersOfValue = 64;

/**
 * Measures values at any depth, without recursion. `texts`: the characters of all texts; `longestText`: those of the longest.
 * `characters`: those of all texts and names, and 64 for every value; the walk stops when they are more than `most`.
 */
export function measureValues(values: unknown, most = Number.POSITIVE_INFINITY) {
  const size = { characters: 0, texts: 0, longestText: 0, longestList: 0 };
  const open = [values];
  while (open.length > 0 && size.characters <= most) {
    const value = open.pop();
    size.characters += charactersOfValue;
    if (typeof value === 'string') {
      size.texts += value.length;
      size.characters += value.length;
      size.longestText = Math.max(size.longestText, value.length);
    } else if (Array.isArray(value)) {
      size.longestList = Math.max(size.longestList, value.length);
      for (const each of value) open.push(each);
    } else if (typeof value === 'object' && value !== null)
      for (const name of Object.keys(value)) {
        size.characters += name.length;
        open.push((value as Readonly<Record<string, unknown>>)[name]);
      }
  }
  return size;
}
