/** What the arguments of a field ask for, as the client wrote or sent it: not coerced yet. */
import { type FieldNode, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { defaultWindowSize } from '../../ledger/list/window.ts';

/** The variables of an operation, defaults in place. */
export type GivenVariables = Readonly<Record<string, unknown>>;

/** Entries that a balance asks for; none when its arguments make no sense, for then it is refused by itself. */
export function windowSize(variables: GivenVariables, node: FieldNode, maxPageSize: number): number {
  const [first, last] = ['first', 'last'].map((name) => givenValue(variables, argumentOf(node, name)));
  const asked = first ?? last ?? defaultWindowSize;
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, maxPageSize) : 0;
}

/** The value of an argument; undefined when it is left out. */
export function argumentOf(node: FieldNode, name: string): ValueNode | undefined {
  return node.arguments?.find((each) => each.name.value === name)?.value;
}

/** A value with its variables filled in. */
export function givenValue(variables: GivenVariables, value: ValueNode | undefined): unknown {
  return value && valueFromASTUntyped(value, variables);
}

/** Items of a list. A value that is no list stands for a list of one (GraphQL, section 3.11). */
export function lengthOf(variables: GivenVariables, value: ValueNode | undefined): number {
  if (value?.kind === Kind.LIST) return value.values.length;
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return Array.isArray(given) ? given.length : 1;
}

/** The texts in a field's arguments: all characters, and those of the longest. */
export function textIn(
  variables: GivenVariables,
  node: FieldNode,
): { readonly characters: number; readonly longest: number } {
  const open = (node.arguments ?? []).map(({ value }) => givenValue(variables, value));
  let [characters, longest] = [0, 0];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      characters += value.length;
      longest = Math.max(longest, value.length);
    } else if (typeof value === 'object' && value !== null) open.push(...Object.values(value));
  }
  return { characters, longest };
}
