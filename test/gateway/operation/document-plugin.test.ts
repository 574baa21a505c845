/** Documents within bounds: which are cached, and what becomes of one that fills the stack. */

import { buildSchema, type DocumentNode, parse, type ValidationRule, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { RequestRecord } from '../../../src/gateway/http/request-record.ts';
import { createDocumentCache } from '../../../src/gateway/operation/document-plugin.ts';

const bounds = { maxTokens: 2000, maxAliases: 50, documentCacheBytes: 1_000_000 };
const { plugin } = createDocumentCache(bounds);

/** Validates with the plugin's validator, by a rule that fails. */
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
  const context = { record: new RequestRecord(null, () => 'r') };
  const addValidationRule = () => undefined;
  const event = { setValidationFn, addValidationRule, params: { schema, documentAST }, context };
  plugin.onValidate?.(event as unknown as Parameters<NonNullable<typeof plugin.onValidate>>[0]);
  return () => within(schema, documentAST, [rule]);
};

it('refuses as too deep a document that overflows the stack', () => {
  const full = failing(new RangeError('Maximum call stack size exceeded'));
  expect(full).toThrow(expect.objectContaining({ code: 'OPERATION_LIMITED', details: { limit: 200 } }));
});

it('rethrows every other error', () => {
  const error = new TypeError('a bug');
  expect(failing(error)).toThrow(error);
});

describe('documents', () => {
  const schema = buildSchema('type Query { a: Int }');

  /** Parses and validates as Yoga would; `bytes` is the size of the cache. */
  function open(documentCacheBytes: number) {
    const cache = createDocumentCache({ ...bounds, documentCacheBytes });
    function ask(text: string): DocumentNode {
      const context = { record: new RequestRecord(null, () => 'r') };
      let [parseText, known]: [typeof parse, DocumentNode | undefined] = [parse, undefined];
      cache.plugin.onParse?.({
        params: { source: text },
        context,
        setParseFn: (given: typeof parse) => {
          parseText = given;
        },
        setParsedDocument: (given: DocumentNode) => {
          known = given;
        },
      } as unknown as Parameters<NonNullable<typeof plugin.onParse>>[0]);
      const documentAST = known ?? parseText(text);
      const event = {
        context,
        params: { schema, documentAST },
        setResult: () => undefined,
        setValidationFn: () => undefined,
        addValidationRule: () => undefined,
      };
      const after = cache.plugin.onValidate?.(
        event as unknown as Parameters<NonNullable<typeof plugin.onValidate>>[0],
      ) as unknown as ((event: { valid: boolean; result: unknown }) => void) | undefined;
      const result = validate(schema, documentAST);
      after?.({ valid: result.length === 0, result });
      return documentAST;
    }
    return { ask, ...cache };
  }

  it('are parsed once when they are valid', () => {
    const { ask } = open(100_000);
    expect(ask('{ a }')).toBe(ask('{ a }'));
  });

  it('are cached together with what is prepared from them, within the same bound', () => {
    const { ask, bytes, find, keep } = open(100_000);
    const document = ask('{ a }');
    const alone = bytes();
    keep('{ a }', { document, prepared: 'prepared', preparedBytes: 60_000 });
    expect([find('{ a }')?.prepared, bytes()]).toEqual(['prepared', alone + 60_000]);
    expect(ask('{ a }')).toBe(document);
    keep('{ b: a }', { document, prepared: 'prepared', preparedBytes: 60_000 });
    expect(find('{ a }')).toBeUndefined();
  });

  it('are never cached when they are refused', () => {
    const { ask, bytes } = open(100_000);
    expect(ask('{ b }')).not.toBe(ask('{ b }'));
    expect(bytes()).toBe(0);
  });

  it('are cached within a bound of bytes, in any number and at any length', () => {
    const { ask, bytes } = open(100_000);
    const first = ask('{ a }');
    for (let n = 0; n < 500; n += 1) {
      ask(`query Q${n} { ${'a '.repeat(n % 50)} a }`);
      expect(bytes()).toBeLessThanOrEqual(100_000);
    }
    expect(bytes()).toBeGreaterThan(50_000);
    expect(ask('{ a }')).not.toBe(first);
  });

  it('are not cached when they are larger than the cache', () => {
    const { ask, bytes } = open(1000);
    ask(`{ a # ${'x'.repeat(2000)}\n }`);
    expect(bytes()).toBe(0);
  });
});
