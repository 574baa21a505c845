/** Documents within bounds: what is kept of them, and the net below the bound on depth. */

import { buildSchema, parse, type ValidationRule, validate } from 'graphql';
import { expect, it } from 'vitest';
import { createDocumentCache } from '../../../src/gateway/operation/document-plugin.ts';

const bounds = { maxTokens: 2000, maxAliases: 50, documentCacheBytes: 1_000_000 };
const { plugin } = createDocumentCache(bounds);

/** Validates as the plugin has it, by a rule that fails. */
const failing = (error: Error) => {
  const rule: ValidationRule = () => {
    throw error;
  };
  const schema = buildSchema('type Query { a: Int }');
  const documentAST = parse('{ a }');
  let within = validate;
  const setValidationFn = (given: typeof validate) => {
    within = given;
  };
  const event = { setValidationFn, params: { schema, documentAST } };
  plugin.onValidate?.(event as unknown as Parameters<NonNullable<typeof plugin.onValidate>>[0]);
  return () => within(schema, documentAST, [rule]);
};

it('takes a stack that is full for a document that is too deep', () => {
  const full = failing(new RangeError('Maximum call stack size exceeded'));
  expect(full).toThrow(expect.objectContaining({ code: 'OPERATION_LIMITED', details: { limit: 200 } }));
});

it('leaves every other error as it is', () => {
  const error = new TypeError('a bug');
  expect(failing(error)).toThrow(error);
});
