/** Which calls a fault hits. */

import { describe, expect, it } from 'vitest';
import { createFaultBox, type FaultTarget } from '../../../src/sandbox/faults/fault-draw.ts';
import type { Fault, FaultScope } from '../../../src/sandbox/faults/faults.ts';

const plain: FaultTarget = { endpoint: 'ledger', query: { identifierValue: '1' }, requestId: undefined };

/** Which of the targets a hanging fault of that scope hits. */
function hits(scope: FaultScope, targets: readonly FaultTarget[]): boolean[] {
  const box = createFaultBox();
  box.set([{ kind: 'hang', ...scope }]);
  return targets.map((target) => box.draw(target).fault !== undefined);
}

function asking(query: Record<string, string>): FaultTarget {
  return { ...plain, query };
}

describe('a fault', () => {
  it('hits every ledger call and no token call unless told otherwise', () => {
    const token: FaultTarget = { ...plain, endpoint: 'token', query: {} };
    expect(hits({}, [plain, token])).toEqual([true, false]);
    expect(hits({ endpoint: 'token' }, [plain, token])).toEqual([false, true]);
    expect(hits({ endpoint: 'any' }, [plain, token])).toEqual([true, true]);
  });

  it('is spent after so many hits', () => {
    expect(hits({ times: 2 }, [plain, plain, plain])).toEqual([true, true, false]);
  });

  it('spares the first, or hits every so-manieth', () => {
    expect(hits({ skip: 1 }, [plain, plain])).toEqual([false, true]);
    expect(hits({ every: 3 }, [plain, plain, plain, plain])).toEqual([true, false, false, true]);
    expect(hits({ skip: 1, every: 2, times: 1 }, [plain, plain, plain, plain])).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('is limited to a page, a missing offset being page 0', () => {
    expect(hits({ pageNumber: 0 }, [plain, asking({ offset: '1' })])).toEqual([true, false]);
    expect(hits({ pageNumber: 1 }, [plain, asking({ offset: '1' })])).toEqual([false, true]);
  });

  it('is limited to an identifier', () => {
    expect(hits({ identifierValue: '1' }, [plain, asking({ identifierValue: '2' })])).toEqual([true, false]);
  });

  it('is limited by parameters: a value, presence, absence', () => {
    const dated = asking({ endDate: 'x' });
    expect(hits({ query: { endDate: 'x' } }, [plain, dated])).toEqual([false, true]);
    expect(hits({ query: { endDate: true } }, [plain, dated])).toEqual([false, true]);
    expect(hits({ query: { endDate: false } }, [plain, dated])).toEqual([true, false]);
  });

  it('hits with its probability, and the same calls for the same seed', () => {
    const calls = Array.from({ length: 1000 }, () => plain);
    const first = hits({ probability: 0.25, seed: 7 }, calls);
    expect(hits({ probability: 0.25, seed: 7 }, calls)).toEqual(first);
    expect(hits({ probability: 0.25, seed: 8 }, calls)).not.toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(200);
    expect(first.filter(Boolean).length).toBeLessThan(300);
  });

  it('adds up latencies, and draws the first other kind that hits', () => {
    const box = createFaultBox();
    const faults: Fault[] = [
      { kind: 'latency', ms: 5 },
      { kind: 'empty', times: 1 },
      { kind: 'latency', ms: 7 },
      { kind: 'html' },
    ];
    box.set(faults);
    expect(box.draw(plain)).toEqual({ latencyMs: 5, fault: faults[1] });
    expect(box.draw(plain)).toEqual({ latencyMs: 12, fault: faults[3] });
    expect(box.list().map((entry) => entry.hits)).toEqual([2, 1, 1, 1]);
  });
});
