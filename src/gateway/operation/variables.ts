/** Renames the variable of an operation that the executor would lose. Pure. */
import { type DocumentNode, Kind, visit } from 'graphql';

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
