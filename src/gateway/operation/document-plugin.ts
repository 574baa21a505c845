/**
 * Parses and validates documents within bounds, and keeps those that are valid for the next request. Knows nothing of
 * what a document asks for.
 */
import { type DocumentNode, GraphQLError, parse, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../errors.ts';
import { measureText, selectionDepth } from './nesting.ts';
import { measureRepeats } from './repeats.ts';

/** What a document may take, each checked before the work that it bounds. */
export type DocumentBounds = {
  /** Checked while the text is read. */
  readonly maxTokens: number;
  /** How often one selection may take one field, response key or fragment; checked before validation. */
  readonly maxAliases: number;
  /** What the documents that are kept may take in memory, by estimate. */
  readonly documentCacheBytes: number;
};

/** The plugin, and what the kept documents take in memory by now, in bytes. */
export type DocumentCache = { readonly plugin: Plugin; readonly bytes: () => number };

/**
 * The most levels. This schema has five, the introspection query 18, and fragments of nested components add some more; on
 * Node's usual stack the first of graphql's recursions fails at 1600.
 */
const deepestNesting = 200;

/**
 * The longest name, in characters. Names come back in answers and errors, once for each field and error that they stand
 * before: a long one makes a long answer out of a short document.
 */
const longestNames = 256;

/** The most lines. Every error is told with its line, which is found by counting lines from the start of the document. */
const mostLines = 1000;

/** The most pairs of selections that validation compares: they take about 10 ms. */
const mostComparisons = 20_000;

/** Validation stops after so many errors, and says so in one more. To find and to tell them takes about 5 ms. */
const mostErrors = 49;

/** What the documents of one HTTP request have taken so far: those of a batch are read and checked in one turn. */
type Spent = { tokens: number; errors: number };

/**
 * Memory of a parsed document by token, in bytes, and by character of its text. Measured on Node 20 with the documents of
 * the tests: about 300 bytes a token.
 */
const bytesPerToken = 400;
const bytesPerCharacter = 2;

/**
 * Builds the plugin. Yoga's own cache counts documents, not their bytes, and keeps refused ones too, so that a few
 * megabytes of distinct texts fill the memory. This one keeps a document once it has passed validation: what is refused
 * must be paid for again by the next who sends it.
 */
export function createDocumentCache(bounds: DocumentBounds): DocumentCache {
  const cache = new LRUCache<string, DocumentNode>({
    maxSize: bounds.documentCacheBytes,
    sizeCalculation: bytesOf,
  });
  const valid = new WeakSet<DocumentNode>();
  const spending = new WeakMap<Request, Spent>();
  function spentBy(request: Request): Spent {
    const spent = spending.get(request) ?? { tokens: 0, errors: 0 };
    spending.set(request, spent);
    return spent;
  }

  const plugin: Plugin = {
    onParse({ params, context, setParsedDocument, setParseFn }) {
      const known = cache.get(String(params.source));
      if (known !== undefined) setParsedDocument(known);
      else setParseFn(parserWithin(bounds, spentBy(context.request)));
    },
    onValidate({ params, context, setResult, setValidationFn }) {
      if (valid.has(params.documentAST)) {
        setResult([]);
        return undefined;
      }
      const spent = spentBy(context.request);
      setValidationFn(validatorWithin(spent));
      return ({ valid: isValid, result }) => {
        spent.errors += result.length;
        if (!isValid) return;
        valid.add(params.documentAST);
        cache.set(params.documentAST.loc?.source.body ?? '', params.documentAST);
      };
    },
  };
  return { plugin, bytes: () => cache.calculatedSize };
}

function bytesOf({ tokenCount = 0 }: DocumentNode, text: string): number {
  return text.length * bytesPerCharacter + tokenCount * bytesPerToken + 1;
}

/** A parser that refuses what is over the bounds; `spent` is added to. */
function parserWithin(bounds: DocumentBounds, spent: Spent): typeof parse {
  return (source, options) =>
    withNet(() => {
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
 * graphql counts tokens as it reads, and stops; it tells so as a syntax error. What is no GraphQL counts by its length, for
 * nobody knows how far it was read.
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

/** As few as a token and the space behind it may have in documents that people write. */
const charactersOfToken = 4;

/** A validator that finds no more errors than the request has room for, and does not look where each was made. */
function validatorWithin(spent: Spent): typeof validate {
  return (...given) => {
    const [schema, document, rules, options, ...typeInfo] = given;
    const maxErrors = Math.max(0, mostErrors - spent.errors);
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = 0;
      return withNet(() => validate(schema, document, rules, { ...options, maxErrors }, ...typeInfo));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** Should something recurse in a way that was not counted, it is still the document that asks for too much. */
function withNet<Result>(work: () => Result): Result {
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
