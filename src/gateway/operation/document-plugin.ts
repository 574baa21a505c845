/**
 * Parses and validates documents within bounds, and caches the valid ones.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DocumentNode, GraphQLError, parse, type ValidationRule, validate } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { GatewayError } from '../../errors.ts';
import { limited } from '../../schema/size/operation-size.ts';
import type { GatewayPlugin, RequestRecord } from '../http/request-record.ts';
import { hasMoreLines, measureText, selectionDepth } from './nesting.ts';
import { measureRepeats } from './repeats.ts';
import { charactersOfTurn, createTurnQueue, refuseLeft } from './turn-queue.ts';

/** The bounds of documents. Each is checked before the work that it bounds. */
export type DocumentBounds = {
  /** Tokens in all documents of one HTTP request. */
  readonly maxTokens: number;
  /** How often one selection may have the same field, response key or fragment. Checked before validation. */
  readonly maxAliases: number;
  /** Memory of the cached documents and of what was prepared from them, estimated. */
  readonly documentCacheBytes: number;
};

/** A valid document, and what was prepared from it, with its memory in bytes. */
export type CachedDocument<Prepared> = {
  readonly document: DocumentNode;
  readonly prepared?: Prepared;
  readonly preparedBytes?: number;
};

/** The cache of valid documents. */
export type DocumentCache<Prepared> = ReturnType<typeof createDocumentCache<Prepared>>;

/**
 * The most levels of nesting. This schema has five, and the introspection query 18. Fragments of nested components add some
 * more. With Node's default stack, the first of graphql's recursions fails at 1600.
 */
const deepestNesting = 200;

/**
 * The longest name, in characters. An answer repeats a name for every field and error below it, so a long name in a short
 * document would make a long answer.
 */
const longestNames = 256;

/** The most lines. Every error names its line, and graphql counts lines from the start of the document to find it. */
const mostLines = 1000;

/** The most pairs of selections that validation compares: they take about 10 ms. */
const mostComparisons = 20_000;

/**
 * The most validation errors of one HTTP request. graphql adds one that says that it stopped. Finding and writing them takes
 * about 5 ms.
 */
const mostValidationErrors = 49;

/**
 * The most characters that graphql searches for the locations of validation errors: for each error, it searches all of a
 * document without line ends. A document of 250,000 characters has a few errors, and one of 20,000 has them all.
 */
const mostSearched = 1_000_000;

/** Tokens and validation errors of one HTTP request so far. */
type Spent = RequestRecord['documents'];

/**
 * The estimated memory of a parsed document, per token and per character of its text. Measured on Node 20 with the documents
 * of the tests: about 300 bytes per token.
 */
const bytesPerToken = 400;
const bytesPerCharacter = 2;

/**
 * Builds the cache. Yoga's own cache counts documents instead of bytes, and holds refused ones too: a few megabytes of
 * distinct texts would fill the memory. This cache holds a document only after it has passed validation. What is prepared from
 * a document is cached with it: two caches would hold it twice, and one of them would drop what the other still needs.
 *
 * Each turn of the event loop parses and validates a few new documents and one long one. Their operations run in a later turn.
 * Else new documents that come together would block all other requests for the sum of their times. Long documents have a queue
 * of their own, so that short ones do not wait for them.
 */
export function createDocumentCache<Prepared>(bounds: DocumentBounds) {
  const cache = new LRUCache<string, CachedDocument<Prepared>>({
    maxSize: bounds.documentCacheBytes,
    sizeCalculation: ({ document, preparedBytes = 0 }, text) => documentBytes(document, text) + preparedBytes,
  });
  const takeShortTurn = createTurnQueue();
  const takeLongTurn = createTurnQueue();
  // Yoga checks the types of parameters only later.
  const newCharacters = ({ query }: GraphQLParams) =>
    typeof query === 'string' && !cache.has(query) ? query.length : 0;
  const plugin: GatewayPlugin = {
    onRequestParse: ({ request }) => ({
      onRequestParseDone({ requestParserResult: given }) {
        const characters = [given].flat().reduce((sum, each) => sum + newCharacters(each), 0);
        if (characters === 0) return undefined;
        const takeTurn = characters > charactersOfTurn ? takeLongTurn : takeShortTurn;
        return takeTurn(characters, request.signal);
      },
    }),
    onExecute({ args: { contextValue } }) {
      const { record, request } = contextValue;
      if (record.batch !== undefined || record.documents.tokens === 0) return undefined; // A batch waits by itself.
      return nextTurn().then(() => refuseLeft(request.signal)); // Each field would fail with an error of its own.
    },
    onParse({ params, context, setParsedDocument, setParseFn }) {
      const known = cache.get(String(params.source));
      if (known !== undefined) setParsedDocument(known.document);
      else setParseFn(parserWithin(bounds, context.record.documents));
    },
    onValidate({ params: { documentAST }, context, setResult, setValidationFn, addValidationRule }) {
      const text = documentAST.loc?.source.body ?? '';
      if (cache.peek(text)?.document === documentAST) {
        setResult([]);
        return undefined;
      }
      const spent = context.record.documents;
      addValidationRule(operationTypesRule);
      setValidationFn(validatorWithin(spent, text.length));
      return ({ valid, result }) => {
        spent.errors += result.length;
        if (valid) cache.set(text, { document: documentAST });
      };
    },
  };
  return {
    plugin,
    /** The memory of all that is cached in bytes, estimated. */
    bytes: () => cache.calculatedSize,
    /** Finds a document that has passed validation before. */
    find: (text: string) => cache.get(text),
    /** Caches a document that has passed validation, in place of what was cached for its text. */
    keep: (text: string, cached: CachedDocument<Prepared>) => void cache.set(text, cached),
  };
}

/**
 * The validation rule that graphql 16 omits: the schema must have operations of this type. Without the rule, a mutation
 * would fail only in execution, without a path.
 */
const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `This schema has no operations of type ${node.operation}`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** The memory of a parsed document and its text in bytes, by estimate. */
const documentBytes = ({ tokenCount = 0 }: DocumentNode, text: string): number =>
  text.length * bytesPerCharacter + tokenCount * bytesPerToken + 1;

/** Returns a parser that refuses documents over the bounds, and adds their tokens to `spent`. */
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
  if (hasMoreLines(text, mostLines)) throw limited('A document takes', mostLines, 'lines');
  const { depth, longestName } = measureText(text);
  if (depth > deepestNesting) throw tooDeep();
  if (longestName > longestNames) throw limited('A name takes', longestNames, 'characters', longestName);
}

function checkDocument(document: DocumentNode, { maxAliases }: DocumentBounds): void {
  if (selectionDepth(document, deepestNesting) > deepestNesting) throw tooDeep();
  const { most, comparisons } = measureRepeats(document, mostComparisons);
  if (most > maxAliases)
    throw limited('A selection takes one field, key or fragment', maxAliases, 'times', most);
  if (comparisons > mostComparisons)
    throw limited('Validation takes', mostComparisons, 'comparisons of fields under one key');
}

/**
 * Parses a text with the tokens that are left. graphql reports too many tokens as a syntax error. A text that is not GraphQL
 * counts by its length, because graphql does not say how far it has read.
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
    throw limited('The documents of a request take', maxTokens, 'tokens');
  }
}

/** Characters of a token and the space after it. Documents that people write have more. */
const charactersOfToken = 4;

/** Returns a validator that stops at the most errors of the request, and records no stacks for them. */
function validatorWithin(spent: Spent, textLength: number): typeof validate {
  return (...given) => {
    const [schema, document, rules, options, ...typeInfo] = given;
    const most = Math.min(mostValidationErrors, Math.ceil(mostSearched / Math.max(1, textLength)));
    const maxErrors = Math.max(0, most - spent.errors);
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = 0;
      return refuseDeep(() => validate(schema, document, rules, { ...options, maxErrors }, ...typeInfo));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** Refuses a document as too deep when the stack overflows. `checkText` and `checkDocument` should have refused it before. */
function refuseDeep<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

const tooDeep = (): GatewayError => limited('A document nests', deepestNesting, 'levels deep');
