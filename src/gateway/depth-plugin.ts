/**
 * Refuses documents that nest deeper than anybody means them to, before something runs out of stack over them: what reads,
 * checks and executes a document calls itself for each level. Knows nothing of what is selected.
 */
import { parse, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import { selectionDepth, textDepth } from './nesting.ts';

/**
 * The most levels. This schema has five, the introspection query 18, and fragments of nested components add some more; on
 * Node's usual stack the first of graphql's recursions fails at 1600.
 */
const deepestNesting = 200;

/** The plugin. Yoga keeps parsed documents and their faults, so each document is measured once. */
export const depthPlugin: Plugin = {
  onParse({ setParseFn }) {
    setParseFn(parseWithin);
  },
  onValidate({ setValidationFn }) {
    setValidationFn(validateWithin);
  },
};

const parseWithin: typeof parse = (source, options) =>
  withNet(() => {
    if (textDepth(typeof source === 'string' ? source : source.body) > deepestNesting) throw tooDeep();
    const document = parse(source, options);
    if (selectionDepth(document, deepestNesting) > deepestNesting) throw tooDeep();
    return document;
  });

const validateWithin: typeof validate = (...checked) => withNet(() => validate(...checked));

/** Should something recurse in a way that was not counted, it is still the document that asks for too much. */
function withNet<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

function tooDeep(): GatewayError {
  const message = `A document nests up to ${deepestNesting} levels deep, got more`;
  return new GatewayError('OPERATION_LIMITED', message, { limit: deepestNesting });
}
