/** The conclusions from any list. No upstream gets an eleventh call. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerIdentifier } from '../../src/upstream/page-request.ts';
import { judgeMaxLimit, judgePositions } from '../../src/verify/verdict.ts';
import { collectFindings, type VerificationOptions } from '../../src/verify/verification.ts';
import { type Cut, fixedCut, names, openPaperUpstream } from './paper-upstream.ts';

const identifier: CustomerIdentifier = { name: 'MOBILE', value: '1', source: 'INSTORE' };

async function conclude(cut: Cut) {
  const upstream = openPaperUpstream(cut);
  const options: VerificationOptions = { fetchPage: upstream.fetchPage, identifier, onCall: () => {} };
  const findings = await collectFindings(options);
  if (findings === null) throw new Error('Expected a customer');
  const asked = upstream.calls.map(({ limit, pageNumber }) => `${limit}:${pageNumber}`);
  return { verdict: judgePositions(findings), maxLimit: judgeMaxLimit(findings), asked };
}

/** Lists with and without gaps. There are few names, so equal entries also stand side by side. */
const positions = fc.array(fc.option(fc.constantFrom('A', 'B', 'C', 'D'), { freq: 4, nil: null }), {
  maxLength: 130,
});

describe('plain offset paging', () => {
  it('is never taken for another kind of paging, and its maximum is exact', async () => {
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 1, max: 120 }), async (list, most) => {
        const { verdict, maxLimit, asked } = await conclude(fixedCut(list, most));
        expect(['fixed', 'too-few-entries', 'no-short-page']).toContain(verdict.kind);
        expect(maxLimit).toBe(Math.min(100, most));
        expect(asked.length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('is proved by any short page among the first fifteen positions with entries after it', async () => {
    const gap = fc.integer({ min: 0, max: 14 });
    await fc.assert(
      fc.asyncProperty(gap, fc.integer({ min: 20, max: 90 }), async (hole, length) => {
        const list = Array.from({ length }, (_, position) => (position === hole ? null : `${position}`));
        expect((await conclude(fixedCut(list))).verdict).toEqual({ kind: 'fixed' });
      }),
    );
  });

  it('is not proved by a list that only ends before its total', async () => {
    const list = Array.from({ length: 40 }, (_, position) => (position < 14 ? `${position}` : null));
    expect((await conclude(fixedCut(list))).verdict).toEqual({ kind: 'no-short-page' });
  });

  it('gets calls for tiles, for pages across them, and again for the first at the end', async () => {
    const list = Array.from({ length: 137 }, (_, position) => `${position}`);
    expect((await conclude(fixedCut(list, 100))).asked).toEqual(
      '100:0 10:0 5:0 5:1 5:2 5:3 10:1 7:1 10:9 100:0'.split(' '),
    );
    expect((await conclude(fixedCut(list, 10))).asked).toEqual(
      '100:0 5:0 5:1 5:2 5:3 10:1 7:1 10:0 10:1'.split(' '),
    );
  });
});

describe('pages that lose an entry somewhere', () => {
  it('are detected, whichever of the compared pages it is', async () => {
    const list = Array.from({ length: 40 }, (_, position) => (position === 17 ? null : `${position}`));
    for (const broken of ['5:0', '5:1', '5:2', '5:3', '10:0', '10:1', '7:1']) {
      const { verdict } = await conclude((asked, pageNumber, call) => {
        const page = fixedCut(list)(asked, pageNumber, call);
        const isBroken = `${page.pageSize}:${pageNumber}` === broken;
        return { ...page, names: isBroken ? page.names.slice(1) : page.names };
      });
      expect([broken, verdict.kind]).toEqual([broken, 'not-fixed']);
    }
  });

  it('are found out when two entries change places', async () => {
    const list = Array.from({ length: 40 }, (_, position) => (position === 17 ? null : `${position}`));
    const { verdict } = await conclude((asked, pageNumber, call) => {
      const page = fixedCut(list)(asked, pageNumber, call);
      return { ...page, names: page.pageSize === 7 ? page.names.toReversed() : page.names };
    });
    expect(verdict).toEqual({
      kind: 'not-fixed',
      evidence: ['limit=7, page 1 shows 7 entries that do not fit limit=5, pages 1, 2 (5 + 5)'],
    });
  });
});

describe('a customer who is gone', () => {
  it.each([1, 2, 5, 9])('at call %i leaves nothing to conclude from', async (last) => {
    const { fetchPage, calls } = openPaperUpstream(fixedCut(names(23)));
    const options: VerificationOptions = {
      fetchPage: async (...request) => (calls.length + 1 < last ? fetchPage(...request) : null),
      identifier,
      onCall: () => {},
    };
    expect(await collectFindings(options)).toBe(null);
    expect(calls).toHaveLength(last - 1);
  });
});

describe('any upstream at all', () => {
  it('gets ten calls at most, and a verdict', async () => {
    const page = fc.record({
      names: fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 12 }),
      pageNumber: fc.nat(3),
      pageSize: fc.integer({ min: 1, max: 200 }),
      totalEntries: fc.nat(200),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 10, maxLength: 10 }), async (pages) => {
        const { verdict, maxLimit, asked } = await conclude((_limit, _page, call) => {
          const answer = pages[call - 1];
          if (answer === undefined) throw new Error('An eleventh call');
          return answer;
        });
        expect(verdict.kind).toMatch(/^[a-z-]+$/);
        expect(maxLimit).toBeGreaterThanOrEqual(1);
        expect(asked.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
