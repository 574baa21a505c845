/** The variables of an operation: how much they hold, and names that the executor would lose. Pure. */
import { type DocumentNode, Kind, visit } from 'graphql';

/** Characters of all texts and names, with 64 for every value; and items of the longest list. */
export type VariablesSize = { readonly characters: number; readonly longestList: number };

/** What a value takes in memory besides its text, in bytes: of a text of JSON it may be two. */
const charactersOfValue = 64;

/** Counts at any depth, without recursion. Ends as soon as there are more characters than `most`. */
export function sizeOfValues(values: unknown, most: number): VariablesSize {
  const open = [values];
  let [characters, longestList] = [0, 0];
  while (open.length > 0 && characters <= most) {
    const value = open.pop();
    characters += charactersOfValue + (typeof value === 'string' ? value.length : 0);
    if (Array.isArray(value)) {
      longestList = Math.max(longestList, value.length);
      for (const each of value) open.push(each);
    } else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) {
        characters += name.length;
        open.push(each);
      }
  }
  return { characters, longestList };
}

/** The executor holds the values of variables in a plain object, where this name cannot be set. */
const lostName = '__proto__';

/** What the executor takes of an operation, as far as variables go. */
type Executed = { readonly document: DocumentNode; readonly variableValues?: unknown };

/** The same operation with another name for a variable `$__proto__`; undefined where there is none. */
export function withoutLostName({ document, variableValues }: Executed): Required<Executed> | undefined {
  const names = namesIn(document);
  if (!names.includes(lostName)) return undefined;
  const newName = freeName(lostName, names);
  const renamed = Object.entries(variableValues ?? {}).map(
    ([name, value]) => [name === lostName ? newName : name, value] as const,
  );
  return { document: rename(document, newName), variableValues: Object.fromEntries(renamed) };
}

/** The variables that any operation of the document declares. */
function namesIn({ definitions }: DocumentNode): readonly string[] {
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
      : [],
  );
}

/** The name with as many underscores behind it as make it a new one. Error messages show it. */
function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? freeName(`${name}_`, taken) : name;
}

/** The same document with the other name; every node keeps its location. */
function rename(document: DocumentNode, newName: string): DocumentNode {
  return visit(document, {
    Variable(node) {
      return node.name.value === lostName ? { ...node, name: { ...node.name, value: newName } } : undefined;
    },
  });
}
