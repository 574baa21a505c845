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
import { createSizeMemory, type SizeMemory, sizeOfOperation } from '../../schema/size/operation-size.ts';
import { hasContent } from '../operation/request-plugin.ts';
import { checkVariables, type OperationBounds } from '../operation/size-plugin.ts';
import { directiveVariables, type FormField, normalFormOf, type Variables } from './normal-form.ts';
import { type Run, rootsWriter } from './write-answer.ts';

/** The parameters in the body of a request. */
export type AskedParameters = {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** The data of an answer as JSON. `hasData`: whether any root field has data. */
export type WrittenData = { readonly text: string; readonly hasData: boolean };

/** An operation, ready to run for one request. */
export type PreparedRun = {
  readonly operation: OperationDefinitionNode;
  /** Resolves with the data as JSON. Rejects whenever the executor must answer instead. */
  readonly writeData: (context: SchemaContext) => Promise<WrittenData>;
};

/** The cache of prepared operations. */
export type PreparedOperations = {
  /** Finds an operation, or prepares it when its document is known. Undefined: the executor must answer. */
  readonly find: (asked: AskedParameters) => PreparedRun | undefined;
  /** Their memory in bytes, estimated. */
  readonly bytes: () => number;
};

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
  readonly roots: readonly FormField[];
  /** Writes the values of the roots, in their order. */
  readonly write: (values: readonly unknown[], run: Run) => string;
  readonly memory: SizeMemory;
};

type Prepared = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The variables whose values select the form. */
  readonly switches: readonly string[];
  /** `null` for an operation without a normal form. */
  readonly forms: Map<string, Form | null>;
};

/** The most forms of one operation. Further combinations of values take the long way. */
const mostForms = 16;

/** Bytes of memory per character of an operation's text. Measured on Node 20 with the benchmark's operations. */
const bytesPerCharacter = 100;

/** Builds the cache. */
export function createPreparedOperations(options: PreparedOptions): PreparedOperations {
  const { schema, documentOf, bounds, maxBytes } = options;
  const cache = new LRUCache<string, Prepared>({
    maxSize: maxBytes,
    sizeCalculation: (_, key) => key.length * bytesPerCharacter,
  });

  function prepare(key: string, { query, operationName }: AskedParameters): Prepared | undefined {
    const document = documentOf(query);
    const operation = document && getOperationAST(document, operationName);
    if (document === undefined || !operation) return undefined;
    const prepared = { document, operation, switches: directiveVariables(document), forms: new Map() };
    cache.set(key, prepared);
    return prepared;
  }

  function formOf({ document, operation, switches, forms }: Prepared, variables: Variables): Form | null {
    const key = JSON.stringify(switches.map((name) => variables[name]));
    const known = forms.get(key);
    if (known !== undefined) return known;
    const roots = forms.size < mostForms ? normalFormOf(schema, document, operation, variables) : undefined;
    const form =
      roots === undefined ? null : { roots, write: rootsWriter(roots), memory: createSizeMemory() };
    if (forms.size < mostForms) forms.set(key, form);
    return form;
  }

  function find(asked: AskedParameters): PreparedRun | undefined {
    const { variables } = asked;
    const key = keyOf(asked);
    const prepared = cache.get(key) ?? prepare(key, asked);
    if (prepared === undefined) return undefined;
    checkVariables(variables, bounds);
    const { document, operation } = prepared;
    const definitions = operation.variableDefinitions ?? [];
    const { coerced } = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
    const form = coerced && formOf(prepared, coerced);
    if (!form) return undefined;
    sizeOfOperation(schema, { document, operation, variables }, bounds, form.memory);
    return { operation, writeData: (context) => writeData(form, context, coerced) };
  }

  return {
    find(asked) {
      const run = attempt(() => find(asked));
      return run instanceof Error ? undefined : run; // The long way reports the error.
    },
    bytes: () => cache.calculatedSize,
  };
}

/** Equal exactly for equal parameters: an empty name names no operation, and no name names the only one. */
function keyOf({ operationName, query }: AskedParameters): string {
  return operationName === undefined ? `-${query}` : `${operationName.length} ${operationName}${query}`;
}

async function writeData(
  { roots, write }: Form,
  context: SchemaContext,
  variables: Variables,
): Promise<WrittenData> {
  const values = await Promise.all(roots.map((root) => resolveRoot(root, context, variables)));
  return { text: write(values, { context, variables }), hasData: values.some(hasContent) };
}

/** Calls the resolver before anything is awaited, so that the demands of all root fields are planned together. */
async function resolveRoot(
  { field, argumentsOf, info }: FormField,
  context: SchemaContext,
  variables: Variables,
): Promise<unknown> {
  if (field?.resolve === undefined) return undefined;
  const value: unknown = field.resolve(undefined, argumentsOf(variables), context, {
    ...info,
    variableValues: variables,
  });
  return Array.isArray(value) ? Promise.all(value) : value;
}
