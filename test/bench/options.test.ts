/** The command line of the benchmark. */

import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../bench/cells.ts';
import { readOptions } from '../../bench/options.ts';

describe('readOptions', () => {
  it('measures and writes everything when nothing is asked for', () => {
    const { isWritten, hasMatrix, hasFelt, matrix, only } = readOptions([]);
    expect({ isWritten, hasMatrix, hasFelt }).toEqual({ isWritten: true, hasMatrix: true, hasFelt: true });
    expect(cellsOf(matrix)).toHaveLength(4 * 2 * 2 * 2);
    expect(only).toEqual(['ours', 'proxy', 'mercurius', 'apollo', 'hive']);
  });

  it('measures one variant, and writes nothing, when a part is asked for', () => {
    const { isWritten, matrix, only, rounds } = readOptions(
      '--only ours,proxy --operations Q1,Q2 --rounds 3'.split(' '),
    );
    expect(isWritten).toBe(false);
    expect(cellsOf(matrix)).toMatchObject([
      { operation: { name: 'Q1' }, sharing: 'different', isCached: false, latencyMs: 0 },
      { operation: { name: 'Q2' }, sharing: 'different', isCached: false, latencyMs: 0 },
    ]);
    expect({ only, rounds }).toEqual({ only: ['ours', 'proxy'], rounds: 3 });
  });

  it('measures what a user feels in place of the matrix when that is asked for', () => {
    expect(readOptions(['--felt'])).toMatchObject({ hasMatrix: false, hasFelt: true, isWritten: false });
    expect(readOptions(['--rounds', '2'])).toMatchObject({ hasMatrix: true, hasFelt: false });
  });

  it('writes a part when told to, and takes several builds of ours', () => {
    expect(readOptions(['--ours', 'a', '--ours', 'b', '--write'])).toMatchObject({
      isWritten: true,
      ours: ['a', 'b'],
    });
  });

  it.each([
    ['--only ours,tailcall', '--only takes ours, proxy, mercurius, apollo, hive; got tailcall'],
    ['--operations Q9', '--operations takes Q1, Q2, Q3, Q4; got Q9'],
    ['--rounds 0', '--rounds takes whole numbers from 1 on; got 0'],
    ['--latency 5,x', '--latency takes whole numbers from 0 on; got x'],
  ])('says what it takes instead of %s', (line, message) => {
    expect(() => readOptions(line.split(' '))).toThrow(message);
  });
});
