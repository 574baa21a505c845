/**
 * Parses and validates documents within bounds, and caches those that are valid. Knows nothing of what a document asks
 * for.
 */
import { type DocumentNode, GraphQLError, parse, type ValidationRule, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../errors.ts';
import type { GatewayPlugin, RequestRecord } from '../http/request-record.ts';
import { measureText, selectionDepth } from './nesting.ts';
import { measureRepeats } from './repeats.ts';

/** What a document may take, each checked before the work that it bounds. */
export type DocumentBounds = {
  /** Of the documents of one HTTP request. */
  readonly maxTokens: number;
  /** How often one selection may take one field, response key or fragment; checked before validation. */
  readonly maxAliases: number;
  /** Memory of the cached documents, by estimate. */
  readonly documentCacheBytes: number;
};

/** The plugin, and what the cached documents take in memory by now, in bytes. */
export type DocumentCache = {
  readonly plugin: GatewayPlugin;
  readonly bytes: () => number;
  /** A document that was found valid before. */
  readonly find: (text: string) => DocumentNode | undefined;
};

/**
 * The most levels. This schema has five, the introspection query 18, and fragments of nested components add some more; on
 * Node's usual stack the first of graphql's recursions fails at 1600.
 */
const deepestNesting = 200;

/**
 * The longest name, in characters. Answers repeat a name with each field and each error below it: a long one makes a long
 * answer out of a short document.
 */
const longestNames = 256;

/** The most lines. Every error names its line, and graphql counts lines from the start of the document to find it. */
const mostLines = 1000;

/** The most pairs of selections that validation compares: they take about 10 ms. */
const mostComparisons = 20_000;

/** Validation stops after so many errors of one HTTP request, and says so in one more. To find and write them takes about 5 ms. */
const mostErrors = 49;

/** What the documents of one HTTP request have cost so far. */
type Spent = RequestRecord['documents'];

/**
 * Memory of a parsed document by token, in bytes, and by character of its text. Measured on Node 20 with the documents of
 * the tests: about 300 bytes a token.
 */
const bytesPerToken = 400;
const bytesPerCharacter = 2;

/**
 * Builds the plugin. Yoga's own cache counts documents, not their bytes, and holds refused ones too, so that a few
 * megabytes of distinct texts fill the memory. This one holds a document once it has passed validation.
 */
export function createDocumentCache(bounds: DocumentBounds): DocumentCache {
  const cache = new LRUCache<string, DocumentNode>({
    maxSize: bounds.documentCacheBytes,
    sizeCalculation: bytesOf,
  });
  const plugin: GatewayPlugin = {
    onParse({ params, context, setParsedDocument, setParseFn }) {
      const known = cache.get(String(params.source));
      if (known !== undefined) setParsedDocument(known);
      else setParseFn(parserWithin(bounds, context.record.documents));
    },
    onValidate({ params: { documentAST }, context, setResult, setValidationFn, addValidationRule }) {
      const text = documentAST.loc?.source.body ?? '';
      if (cache.peek(text) === documentAST) {
        setResult([]);
        return undefined;
      }
      const spent = context.record.documents;
      addValidationRule(operationTypesRule);
      setValidationFn(validatorWithin(spent));
      return ({ valid, result }) => {
        spent.errors += result.length;
        if (valid) cache.set(text, documentAST);
      };
    },
  };
  return { plugin, bytes: () => cache.calculatedSize, find: (text) => cache.get(text) };
}

/**
 * The validation rule that graphql 16 omits: the schema must have operations of the type. Others would fail in execution,
 * without a path.
 */
const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `This schema has no operations of type ${node.operation}`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

function bytesOf({ tokenCount = 0 }: DocumentNode, text: string): number {
  return text.length * bytesPerCharacter + tokenCount * bytesPerToken + 1;
}

/** A parser that refuses what is over the bounds, and adds what it read to `spent`. */
function parserWithin(bounds: DocumentBounds, spent: Spent): typeof parse {
  return (source, options) =>
    refuseDeep(() => {
      const text = typeof source === 'string' ? source : source.body;
      checkText(text);
      const document = parseTokens(text, options, bounds.maxTokens, spent);
      checkDocument(document, bounds);
      return document;
    });
}

function checkText(text: string): void {
  const { depth, longestName, lines } = measureText(text);
  if (depth > deepestNesting) throw tooDeep();
  if (longestName > longestNames) throw limited('A name takes', longestNames, 'characters', longestName);
  if (lines > mostLines) throw limited('A document takes', mostLines, 'lines', lines);
}

function checkDocument(document: DocumentNode, { maxAliases }: DocumentBounds): void {
  if (selectionDepth(document, deepestNesting) > deepestNesting) throw tooDeep();
  const { most, comparisons } = measureRepeats(document, mostComparisons);
  if (most > maxAliases)
    throw limited('A selection takes one field, key or fragment', maxAliases, 'times', most);
  if (comparisons > mostComparisons)
    throw limited('Validation takes', mostComparisons, 'comparisons of fields under one key', 'more');
}

/**
 * graphql counts tokens as it reads, and stops with a syntax error. Text that is no GraphQL counts by its length: how far it
 * was read is unknown.
 */
function parseTokens(
  text: string,
  options: Parameters<typeof parse>[1],
  maxTokens: number,
  spent: Spent,
): DocumentNode {
  const left = Math.max(0, maxTokens - spent.tokens);
  try {
    const document = parse(text, { ...options, maxTokens: left });
    spent.tokens += document.tokenCount ?? 0;
    return document;
  } catch (error) {
    spent.tokens += Math.min(left, Math.ceil(text.length / charactersOfToken));
    if (!(error instanceof GraphQLError) || !error.message.includes(`more that ${left} tokens`)) throw error;
    throw limited('The documents of a request take', maxTokens, 'tokens', 'more');
  }
}

/** Few, for a token and the space behind it in documents that people write. */
const charactersOfToken = 4;

/** A validator that finds no more errors than the request may still have, and records no stack for them. */
function validatorWithin(spent: Spent): typeof validate {
  return (...given) => {
    const [schema, document, rules, options, ...typeInfo] = given;
    const maxErrors = Math.max(0, mostErrors - spent.errors);
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = 0;
      return refuseDeep(() => validate(schema, document, rules, { ...options, maxErrors }, ...typeInfo));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** A full stack means too deep a document, should something recurse in a way that was not counted. */
function refuseDeep<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

function tooDeep(): GatewayError {
  return limited('A document nests', deepestNesting, 'levels deep', 'more');
}

function limited(what: string, limit: number, unit: string, got: number | string): GatewayError {
  return new GatewayError('OPERATION_LIMITED', `${what} up to ${limit} ${unit}, got ${got}`, { limit });
}
