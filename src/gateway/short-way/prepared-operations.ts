/**
 * Prepared operations: they have passed validation before, and are ready to run again. Each has one form, a tree of
 * fields, for each combination of values in `@skip` and `@include`.
 */
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { attempt } from '../../errors.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import {
  type AskedOperation,
  createSizeMemory,
  type SizeMemory,
  sizeOfOperation,
} from '../../schema/size/operation-size.ts';
import { documentBytes } from '../operation/document-plugin.ts';
import { hasContent } from '../operation/request-plugin.ts';
import { checkVariables, type OperationBounds } from '../operation/size-plugin.ts';
import {
  directiveVariables,
  type FormField,
  type NormalForm,
  normalFormOf,
  type Variables,
} from './normal-form.ts';
import { answerWriter } from './write-answer.ts';

/** The parameters in the body of a request. */
export type AskedParameters = {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** An operation, ready to run for one request. */
export type PreparedRun = {
  readonly operation: OperationDefinitionNode;
  /** `hasData`: whether any root field has data. Rejects whenever the executor must answer instead. */
  readonly writeAnswer: (context: SchemaContext) => Promise<{ body: Buffer; hasData: boolean }>;
};

/** The cache of prepared operations. */
export type PreparedOperations = ReturnType<typeof createPreparedOperations>;

/** What the cache needs. */
export type PreparedOptions = {
  readonly schema: GraphQLSchema;
  /** Gives a document that was found valid before. */
  readonly documentOf: (text: string) => DocumentNode | undefined;
  readonly bounds: OperationBounds;
  /** The most memory of all prepared operations, estimated. */
  readonly maxBytes: number;
};

type Form = {
  /** The distinct root fields. */
  readonly roots: readonly FormField[];
  readonly write: ReturnType<typeof answerWriter>;
  readonly memory: SizeMemory;
};

/** A document whose operations are prepared. */
type Prepared = {
  readonly document: DocumentNode;
  /** The variables whose values select the form. */
  readonly switches: readonly string[];
  /** `null` for an operation without a normal form. */
  readonly forms: ReadonlyMap<string, Form | null>;
  /** The number of fields in all forms. */
  readonly fields: number;
};

/** The most forms of one document. Further combinations of values take the long way. */
const mostForms = 16;

/**
 * The most fields in all forms of one document. A larger one costs more time to prepare, and memory in the cache, than it
 * saves.
 */
const mostFields = 400;

/** Memory of a field in a form, in bytes. Measured on Node 20: 1050 to 1380. A form without fields counts as one. */
const bytesPerField = 1400;

/** Builds the cache. */
export function createPreparedOperations(options: PreparedOptions) {
  const { schema, documentOf, bounds, maxBytes } = options;
  const cache = new LRUCache<string, Prepared>({
    maxSize: maxBytes,
    sizeCalculation: ({ document, forms, fields }, key) =>
      documentBytes(document, key) + (forms.size + fields) * bytesPerField,
  });

  function prepare(query: string): Prepared | undefined {
    const document = documentOf(query);
    if (document === undefined) return undefined;
    cache.set(query, { document, switches: directiveVariables(document), forms: new Map(), fields: 0 });
    return cache.get(query);
  }

  function formOf(query: string, prepared: Prepared, asked: AskedOperation): Form | null {
    const { forms, switches } = prepared;
    const key = formKey(asked, switches);
    const known = forms.get(key);
    if (known !== undefined) return known;
    if (forms.size >= mostForms) return null;
    const normal = normalFormOf(schema, asked, mostFields - prepared.fields);
    const form = normal ? createForm(normal) : null;
    const fields = prepared.fields + (normal?.fields ?? 0);
    // A new entry: the cache measures each entry once.
    cache.set(query, { ...prepared, forms: new Map([...forms, [key, form]]), fields });
    return form;
  }

  function find(asked: AskedParameters): PreparedRun | undefined {
    const { query, operationName, variables } = asked;
    // The key is the text alone: a longer text made from it would have to be copied and hashed for every request.
    const prepared = cache.get(query) ?? prepare(query);
    const operation = prepared && getOperationAST(prepared.document, operationName);
    if (!operation) return undefined;
    checkVariables(variables, bounds);
    const { variableDefinitions = [] } = operation;
    const { coerced } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 });
    const { document } = prepared;
    const form = coerced && formOf(query, prepared, { document, operation, variables: coerced });
    if (!form) return undefined;
    sizeOfOperation(schema, { document, operation, variables }, bounds, form.memory);
    return { operation, writeAnswer: (context) => writeAnswer(form, context, coerced) };
  }

  return {
    /** Finds an operation, or prepares it when its document is known. Undefined: the executor must answer. */
    find(asked: AskedParameters): PreparedRun | undefined {
      const run = attempt(() => find(asked));
      return run instanceof Error ? undefined : run; // The long way reports the error.
    },
    /** Their memory in bytes, estimated. */
    bytes: () => cache.calculatedSize,
  };
}

/** Names the form of an operation for the values of its switches. An operation without a name is the only one of its document. */
function formKey({ operation, variables }: AskedOperation, switches: readonly string[]): string {
  const name = `${operation.name?.value}`;
  return switches.length === 0 ? name : `${name} ${JSON.stringify(switches.map((each) => variables[each]))}`;
}

function createForm({ roots }: NormalForm): Form {
  const memory = createSizeMemory(new Map([...roots].map(([key, { info }]) => [key, info.fieldNodes])));
  return { roots: [...new Set(roots.values())], write: answerWriter(roots), memory };
}

async function writeAnswer({ roots, write }: Form, context: SchemaContext, variables: Variables) {
  // Calls all resolvers before anything is awaited, so that the demands of all root fields are planned together.
  const values = await Promise.all(
    roots.map(async ({ field, argumentsOf, info }) => {
      const ownInfo = { ...info, variableValues: variables };
      const value: unknown = field?.resolve?.(undefined, argumentsOf(variables), context, ownInfo);
      return Array.isArray(value) ? Promise.all(value) : value;
    }),
  );
  // Many requests may wait for one upstream call. Nothing is awaited between the check and the work, or all would pass it.
  const turn = context.yieldTurn();
  if (turn !== undefined) await turn;
  return { body: write(values, { context, variables }), hasData: values.some(hasContent) };
}
