/**
 * Refuses operations that would keep the process busy for too long, before they run. `operation-size.ts` measures one
 * operation; this file adds up the members of a batch.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  visit,
} from 'graphql';
import { measureValues } from '../../schema/size/field-sizes.ts';
import {
  type AskedOperation,
  limited,
  type SizeBounds,
  sizeOfOperation,
} from '../../schema/size/operation-size.ts';
import type { BatchSize, GatewayPlugin } from '../http/request-record.ts';

/** The bounds of one HTTP request. */
export type OperationBounds = SizeBounds & {
  /** Characters of all variables of one operation. */
  readonly maxVariablesSize: number;
};

/**
 * An operation with more fields is large, and its lists are completed in chunks. About a hundred entries have this many
 * fields. A smaller operation takes some milliseconds.
 */
const largeSize = 1000;

/** Variables with more characters are checked only up to their first error. */
const manyCharacters = 1000;

/**
 * Builds the plugin. Yoga parses, validates and begins all members of a batch in one turn of the event loop. Each member then
 * waits for `batch.measured`, which resolves in the next turn, when all are measured. They all continue in that turn, so
 * their demands are planned together.
 */
export function sizePlugin(bounds: OperationBounds): GatewayPlugin {
  return {
    onRequestParse: ({ serverContext: { record } }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) record.batch = { fields: 0, measured: nextTurn() };
      },
    }),
    onExecute({ args, setResultAndStopExecution }) {
      Object.assign(args, withoutLostName(args));
      const { schema, document, operationName, variableValues, contextValue } = args;
      const characters = checkVariables(variableValues, bounds);
      const operation = getOperationAST(document, operationName);
      if (operation === null || operation === undefined) return undefined; // The executor reports the error.
      const asked = { document, operation, variables: variableValues ?? {} };
      const wrong = characters > manyCharacters ? wrongVariable(schema, asked) : undefined;
      if (wrong !== undefined) {
        setResultAndStopExecution({ errors: [wrong] });
        return undefined;
      }
      const { batch } = contextValue.record;
      const fields =
        batch === undefined ? sizeOfOperation(schema, asked, bounds) : addTo(batch, schema, asked, bounds);
      if (fields > largeSize) Object.assign(contextValue, { isLarge: true });
      return batch && awaitBatch(batch, bounds);
    },
  };
}

/**
 * Counts the characters of an operation's variables.
 * @throws {GatewayError} OPERATION_LIMITED when they are too many, or a list is too long.
 */
export function checkVariables(
  variables: unknown,
  { maxVariablesSize, maxListItems }: OperationBounds,
): number {
  const { characters, longestList } = measureValues(variables, maxVariablesSize);
  if (characters > maxVariablesSize)
    throw limited('The variables of an operation take', maxVariablesSize, 'characters');
  if (longestList > maxListItems) throw limited('A list in the variables takes', maxListItems, 'items');
  return characters;
}

/**
 * Finds the first error of the variables. The executor would list fifty, each with the whole value in its message.
 */
function wrongVariable(
  schema: GraphQLSchema,
  { operation, variables }: AskedOperation,
): GraphQLError | undefined {
  const options = { maxErrors: 1, hideSuggestions: true };
  return getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }, options)
    .errors?.[0];
}

/** Measures one more member of a batch, unless the earlier ones are already too large. */
function addTo(batch: BatchSize, schema: GraphQLSchema, asked: AskedOperation, bounds: SizeBounds): number {
  if (batch.fields > bounds.maxOperationSize) throw batchTooLarge(bounds);
  const before = batch.fields;
  batch.fields = Number.POSITIVE_INFINITY; // Stays so if the next line throws: one refused member refuses the whole batch.
  const fields = sizeOfOperation(schema, asked, bounds);
  batch.fields = before + fields;
  return fields;
}

/** Waits until every member is measured, and refuses the whole batch if its size is over the bound. */
async function awaitBatch(batch: BatchSize, bounds: SizeBounds): Promise<void> {
  await batch.measured;
  if (batch.fields > bounds.maxOperationSize) throw batchTooLarge(bounds);
}

const batchTooLarge = ({ maxOperationSize }: SizeBounds) =>
  limited('The operations of a batch resolve', maxOperationSize, 'fields together');

/** The executor holds the values of variables in a plain object, where a property of this name cannot be set. */
const lostName = '__proto__';

/** The parts of an executed operation that variables concern. */
type Executed = { readonly document: DocumentNode; readonly variableValues?: unknown };

/** Renames the variable `$__proto__` of an operation; undefined when it has none. */
function withoutLostName({ document, variableValues }: Executed): Required<Executed> | undefined {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
      : [],
  );
  if (!names.includes(lostName)) return undefined;
  let newName = lostName;
  while (names.includes(newName)) newName += '_'; // Error messages show the new name.
  const renamed = Object.entries(variableValues ?? {}).map(
    ([name, value]) => [name === lostName ? newName : name, value] as const,
  );
  const renamedDocument = visit(document, {
    // Every node keeps its location.
    Variable: (node) =>
      node.name.value === lostName ? { ...node, name: { ...node.name, value: newName } } : undefined,
  });
  return { document: renamedDocument, variableValues: Object.fromEntries(renamed) };
}
