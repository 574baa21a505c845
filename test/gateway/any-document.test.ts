/**
 * Any document at all: what the look-ahead finds below a customer must be what the executor then resolves. If it
 * missed a balance, the balance would be a fault; if it saw one too many, a call would be spent.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parts, tillsOf, writeOperation } from './drawn-documents.ts';
import { type Harness, openHarness } from './harness.ts';
import { threeMembers } from './members.ts';

let harness: Harness;
beforeAll(async () => {
  // The documents drawn may repeat themselves more than any that people write.
  harness = await openHarness({ members: threeMembers }, { MAX_ALIASES: '10000', MAX_TOKENS: '100000' });
});
afterAll(() => harness.close());

describe('any document', () => {
  it('costs one call for each list that it selects, and causes no fault', async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, async (some, others) => {
        harness.sandbox.reset();
        const result = await harness.ask(writeOperation(some, others), { yes: true });
        fc.pre(result.errors?.[0]?.extensions['code'] !== 'OPERATION_LIMITED');
        expect(result.errors).toBeUndefined();
        const lists = new Set(tillsOf([...some, ...others]));
        expect(harness.sandbox.callCount()).toBe(Math.max(1, lists.size));
      }),
      { numRuns: 150 },
    );
  });
});
