/**
 * Prepared operations: they have passed validation before, and are ready to run again. Each has one form, a tree of
 * fields, for each combination of values in `@skip` and `@include`.
 */
import {
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { attempt } from '../../errors.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import {
  type AskedOperation,
  createSizeMemory,
  type SizeMemory,
  sizeOfOperation,
} from '../../schema/size/operation-size.ts';
import type { CachedDocument, DocumentCache } from '../operation/document-plugin.ts';
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

/** Finds operations that are ready to run, and prepares them. */
export type PreparedOperations = ReturnType<typeof createPreparedOperations>;

/** What they are prepared with. */
export type PreparedOptions = {
  readonly schema: GraphQLSchema;
  /** The documents that were found valid before, and what is prepared from each. */
  readonly documents: Pick<DocumentCache<Prepared>, 'find' | 'keep'>;
  readonly bounds: OperationBounds;
};

type Form = {
  /** The distinct root fields. */
  readonly roots: readonly FormField[];
  readonly write: ReturnType<typeof answerWriter>;
  readonly memory: SizeMemory;
};

/** What is prepared from a document. */
export type Prepared = {
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

/** Builds the functions that find and prepare operations. */
export function createPreparedOperations({ schema, documents, bounds }: PreparedOptions) {
  function formOf(
    query: string,
    { prepared, document }: CachedDocument<Prepared>,
    asked: AskedOperation,
  ): Form | null {
    const { switches, forms, fields } = prepared ?? {
      switches: directiveVariables(document),
      forms: new Map(),
      fields: 0,
    };
    const key = formKey(asked, switches);
    const known = forms.get(key);
    if (known !== undefined) return known;
    if (forms.size >= mostForms) return null;
    const normal = normalFormOf(schema, asked, mostFields - fields);
    const form = normal ? createForm(normal) : null;
    const grown = {
      switches,
      forms: new Map([...forms, [key, form]]),
      fields: fields + (normal?.fields ?? 0),
    };
    const preparedBytes = (grown.forms.size + grown.fields) * bytesPerField;
    documents.keep(query, { document, prepared: grown, preparedBytes });
    return form;
  }

  function find(asked: AskedParameters): PreparedRun | undefined {
    const { query, operationName, variables } = asked;
    // The key is the text alone: a longer text made from it would have to be copied and hashed for every request.
    const cached = documents.find(query);
    const operation = cached && getOperationAST(cached.document, operationName);
    if (!operation) return undefined;
    checkVariables(variables, bounds);
    const { variableDefinitions = [] } = operation;
    const { coerced } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 });
    const { document } = cached;
    const form = coerced && formOf(query, cached, { document, operation, variables: coerced });
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
