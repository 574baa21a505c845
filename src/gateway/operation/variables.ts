/** The variables of an operation: measures their size, and renames the one that the executor would lose. Pure. */
import { type DocumentNode, Kind, visit } from 'graphql';

/** `characters` counts all texts and names, and 64 for every value. `longestList` is the length of the longest list. */
export type VariablesSize = { readonly characters: number; readonly longestList: number };

/** What a value counts besides its text: its bytes of memory. In JSON it may have only two characters. */
const charactersOfValue = 64;

/** Measures values at any depth, without recursion. Stops when there are more characters than `most`. */
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

/** The executor holds the values of variables in a plain object, where a property of this name cannot be set. */
const lostName = '__proto__';

/** The parts of an executed operation that variables concern. */
type Executed = { readonly document: DocumentNode; readonly variableValues?: unknown };

/** Renames the variable `$__proto__` of an operation; undefined when it has none. */
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
const namesIn = ({ definitions }: DocumentNode): readonly string[] =>
  definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
      : [],
  );

/** Appends underscores to a name until it is a new one. Error messages show the new name. */
const freeName = (name: string, taken: readonly string[]): string =>
  taken.includes(name) ? freeName(`${name}_`, taken) : name;

/** Returns the document with the variable renamed. Every node keeps its location. */
function rename(document: DocumentNode, newName: string): DocumentNode {
  return visit(document, {
    Variable(node) {
      return node.name.value === lostName ? { ...node, name: { ...node.name, value: newName } } : undefined;
    },
  });
}
