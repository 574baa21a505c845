/** The net below the bound on depth: a stack that validation runs out of is the document's doing, any other error is not. */

import { buildSchema, parse, type ValidationRule, validate } from 'graphql';
import { expect, it } from 'vitest';
import { depthPlugin } from '../../src/gateway/depth-plugin.ts';

/** Validates as the plugin has it, by a rule that fails. */
const failing = (error: Error) => {
  const rule: ValidationRule = () => {
    throw error;
  };
  let within = validate;
  const setValidationFn = (given: typeof validate) => {
    within = given;
  };
  depthPlugin.onValidate?.({ setValidationFn } as Parameters<NonNullable<typeof depthPlugin.onValidate>>[0]);
  return () => within(buildSchema('type Query { a: Int }'), parse('{ a }'), [rule]);
};

it('takes a stack that is full for a document that is too deep', () => {
  const full = failing(new RangeError('Maximum call stack size exceeded'));
  expect(full).toThrow(expect.objectContaining({ code: 'OPERATION_LIMITED', details: { limit: 200 } }));
});

it('leaves every other error as it is', () => {
  const error = new TypeError('a bug');
  expect(failing(error)).toThrow(error);
});
