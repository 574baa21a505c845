/**
 * Refuses operations that would keep the process busy for too long, before anything of them runs.
 * `../../schema/size/operation-size.ts` measures one operation; here the members of a batch are added up.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import { GatewayError } from '../../errors.ts';
import { type AskedOperation, type SizeBounds, sizeOfOperation } from '../../schema/size/operation-size.ts';
import type { BatchSize, GatewayPlugin } from '../http/request-record.ts';
import { sizeOfValues, withoutLostName } from './variables.ts';

/** The bounds of one HTTP request. */
export type OperationBounds = SizeBounds & {
  /** Characters of all variables of one operation. */
  readonly maxVariablesSize: number;
};

/** From so many fields on, an operation is completed in chunks: those of a hundred entries. A smaller one takes some milliseconds. */
const largeSize = 1000;

/** From so many characters on, variables are checked for one error at a time. */
const manyCharacters = 1000;

/**
 * The plugin. Yoga parses, checks and begins all members of a batch in one turn. They wait for one promise, by which all
 * have been measured, and go on in one turn too: so their demands are planned together.
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
      if (operation === null || operation === undefined) return undefined; // The executor says what is wrong.
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
  const { characters, longestList } = sizeOfValues(variables, maxVariablesSize);
  if (characters > maxVariablesSize)
    throw limited('The variables of an operation take', maxVariablesSize, 'characters');
  if (longestList > maxListItems) throw limited('A list in the variables takes', maxListItems, 'items');
  return characters;
}

/** The first error of the variables, if there is one. The executor would list fifty, each with the whole value in its message. */
function wrongVariable(
  schema: GraphQLSchema,
  { operation, variables }: AskedOperation,
): GraphQLError | undefined {
  const options = { maxErrors: 1, hideSuggestions: true };
  return getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }, options)
    .errors?.[0];
}

/** Measures one more member, unless those before it are too large already. */
function addTo(batch: BatchSize, schema: GraphQLSchema, asked: AskedOperation, bounds: SizeBounds): number {
  if (batch.fields > bounds.maxOperationSize) throw batchTooLarge(bounds);
  const before = batch.fields;
  batch.fields = Number.POSITIVE_INFINITY; // Until it is measured: a member that is refused by itself refuses them all.
  const fields = sizeOfOperation(schema, asked, bounds);
  batch.fields = before + fields;
  return fields;
}

/** Waits until every member has been measured, and refuses all of them when they are too large together. */
async function awaitBatch(batch: BatchSize, bounds: SizeBounds): Promise<void> {
  await batch.measured;
  if (batch.fields > bounds.maxOperationSize) throw batchTooLarge(bounds);
}

function batchTooLarge({ maxOperationSize }: SizeBounds): GatewayError {
  return limited('The operations of a batch resolve', maxOperationSize, 'fields together');
}

function limited(what: string, limit: number, unit: string): GatewayError {
  return new GatewayError('OPERATION_LIMITED', `${what} up to ${limit} ${unit}, got more`, { limit });
}
