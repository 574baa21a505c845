/**
 * Refuses operations that would keep the process busy for too long, before anything of them runs. How large an operation
 * is, `../../schema/size/operation-size.ts` says; here the members of a batch are added up.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import { type AskedOperation, type SizeBounds, sizeOfOperation } from '../../schema/size/operation-size.ts';
import { sizeOfValues } from './variables-size.ts';

/** The bounds of one HTTP request. */
export type OperationBounds = SizeBounds & {
  /** Characters of all variables of one operation. */
  readonly maxVariablesSize: number;
};

/** Fields from which on an operation is completed in chunks: those of a hundred entries. A smaller one takes some milliseconds. */
const largeSize = 1000;

/**
 * The members of one batch: how large they are together, and a moment at which all of them have been measured. Yoga parses,
 * checks and begins all in one turn. They wait for one promise and go on in one turn too: their demands are planned together.
 */
type Batch = { size: number; readonly measured: Promise<unknown> };

/** The plugin. Put it before all that begins something for an operation. */
export function sizePlugin(bounds: OperationBounds): Plugin {
  const batches = new WeakMap<Request, Batch>();
  const withMuchText = new WeakSet<GraphQLParams>();
  return {
    onRequestParse: ({ request }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) batches.set(request, { size: 0, measured: nextTurn() });
      },
    }),
    onParams({ params }) {
      const { characters, longestList } = sizeOfValues(params.variables, bounds.maxVariablesSize);
      if (characters > bounds.maxVariablesSize)
        throw limited('The variables of an operation take', bounds.maxVariablesSize, 'characters');
      if (longestList > bounds.maxListItems)
        throw limited('A list in the variables takes', bounds.maxListItems, 'items');
      if (characters > manyCharacters) withMuchText.add(params);
    },
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (operation === null || operation === undefined) return undefined; // The executor says what is wrong.
      const asked = { document, operation, variables: variableValues ?? {} };
      const wrong = withMuchText.has(contextValue.params) ? wrongVariable(schema, asked) : undefined;
      if (wrong !== undefined) {
        setResultAndStopExecution({ errors: [wrong] });
        return undefined;
      }
      const batch = batches.get(contextValue.request);
      const size =
        batch === undefined ? sizeOfOperation(schema, asked, bounds) : addTo(batch, schema, asked, bounds);
      if (size > largeSize) Object.assign(contextValue, { isLarge: true } satisfies Partial<SchemaContext>);
      return batch && awaitBatch(batch, bounds);
    },
  };
}

/** From so many characters on, variables are checked for one error at a time. */
const manyCharacters = 1000;

/**
 * The first error of the variables, if there is one. The executor would tell of fifty, each with the whole value in its
 * message.
 */
function wrongVariable(
  schema: GraphQLSchema,
  { operation, variables }: AskedOperation,
): GraphQLError | undefined {
  const options = { maxErrors: 1, hideSuggestions: true };
  return getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }, options)
    .errors?.[0];
}

/** Measures one more member, unless those before it are too large already. */
function addTo(batch: Batch, schema: GraphQLSchema, asked: AskedOperation, bounds: SizeBounds): number {
  if (batch.size > bounds.maxOperationSize) throw batchTooLarge(bounds);
  const before = batch.size;
  batch.size = Number.POSITIVE_INFINITY; // Until it is known: a member that is refused by itself refuses them all.
  const size = sizeOfOperation(schema, asked, bounds);
  batch.size = before + size;
  return size;
}

/** Waits until every member has been measured, and refuses all of them when they are too large together. */
async function awaitBatch(batch: Batch, bounds: SizeBounds): Promise<void> {
  await batch.measured;
  if (batch.size > bounds.maxOperationSize) throw batchTooLarge(bounds);
}

function batchTooLarge({ maxOperationSize }: SizeBounds): GatewayError {
  return limited('The operations of a batch resolve', maxOperationSize, 'fields together');
}

function limited(what: string, limit: number, unit: string): GatewayError {
  return new GatewayError('OPERATION_LIMITED', `${what} up to ${limit} ${unit}, got more`, { limit });
}
