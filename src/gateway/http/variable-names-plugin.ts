/**
 * Gives a variable named `$__proto__` another name for the execution: the executor keeps the values of variables in a
 * plain object, where that name cannot be set.
 */
import { type DocumentNode, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const lostName = '__proto__';

/** The plugin. Costs a look at the names, unless one of them is that name. */
export const variableNamesPlugin: Plugin = {
  onExecute({ args }) {
    const document: DocumentNode = args.document;
    const names = namesIn(document);
    if (!names.includes(lostName)) return;
    const newName = freeName(lostName, names);
    const given: Readonly<Record<string, unknown>> = args.variableValues ?? {};
    const variableValues = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name === lostName ? newName : name, value]),
    );
    Object.assign(args, { document: rename(document, newName), variableValues });
  },
};

/** The variables that are declared, by any operation of the document. */
function namesIn({ definitions }: DocumentNode): readonly string[] {
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
      : [],
  );
}

/** The name with as few underscores behind it as make it a new one. Error messages show it. */
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
