/** The table of what a user feels: how its values are calculated, and what its heavy loads ask. */

import { describe, expect, it } from 'vitest';
import { feltTable, feltValue } from '../../bench/felt-report.ts';
import { type FeltRow, feltRows } from '../../bench/felt-rows.ts';
import type { FeltSample } from '../../bench/felt-run.ts';

const rowWith = (of: string): FeltRow => {
  const found = feltRows.find(({ aim }) => aim?.of === of);
  if (found === undefined) throw new Error(`Expected a row for ${of}`);
  return found;
};

const sampleOf = (row: FeltRow, server: string, round: number, figures: Partial<FeltSample>): FeltSample => ({
  row,
  server,
  round,
  requests: 1,
  failures: 0,
  firstFailure: undefined,
  cpuMicrosPerRequest: 1,
  requestsPerSecond: 1,
  p50Ms: 1,
  p99Ms: 1,
  callsPerRequest: 1,
  peakMiB: 1,
  ...figures,
});

describe('the value beside an aim', () => {
  it('is the median latency in round trips to the upstream', () => {
    const row = rowWith('round-trips');
    const samples = [100, 110].map((p50Ms, round) => sampleOf(row, 'ours', round, { p50Ms }));
    expect(feltValue(row, 'ours', samples)).toEqual({ median: 2.1, least: 2, greatest: 2.2 });
  });

  it('is how much longer a server takes than alone in the same round', () => {
    const row = rowWith('wait');
    const alone = row.aim?.of === 'wait' ? row.aim.alone : row;
    const samples = [
      sampleOf(alone, 'ours', 0, { p99Ms: 3 }),
      sampleOf(row, 'ours', 0, { p99Ms: 13 }),
      sampleOf(alone, 'proxy', 0, { p99Ms: 1 }),
      sampleOf(row, 'ours', 1, { p99Ms: 13 }),
      sampleOf(alone, 'ours', 1, { p99Ms: 5 }),
    ];
    expect(feltValue(row, 'ours', samples)).toEqual({ median: 9, least: 8, greatest: 10 });
  });

  it('is the CPU time as a multiple of the proxy in the same round', () => {
    const row = rowWith('cpu');
    const samples = [
      sampleOf(row, 'proxy', 0, { cpuMicrosPerRequest: 100 }),
      sampleOf(row, 'ours', 0, { cpuMicrosPerRequest: 250 }),
      sampleOf(row, 'proxy', 1, { cpuMicrosPerRequest: 200 }),
      sampleOf(row, 'ours', 1, { cpuMicrosPerRequest: 600 }),
    ];
    expect(feltValue(row, 'ours', samples)).toEqual({ median: 2.75, least: 2.5, greatest: 3 });
  });

  it('is a dash where nothing was measured that it could be compared with', () => {
    const row = rowWith('cpu');
    const table = feltTable([sampleOf(row, 'ours', 0, { failures: 2 })], ['ours']);
    expect(table).toMatch(/first 2,000 requests.*\| ours \(2 failed\) +\| CPU ≤ 3 × proxy +\| +– \|/);
  });
});

describe('a load', () => {
  it('asks something new each time', () => {
    for (const { bodies, heavy = bodies } of feltRows) {
      const nextBody = heavy('connection');
      expect(nextBody()).not.toBe(nextBody());
    }
  });

  it('with a document of 250 KB has about that length, and the operation after a comment', () => {
    const row = feltRows.find(({ title }) => title.includes('250 KB'));
    const body = row?.heavy?.('connection')() ?? '';
    expect(Math.abs(body.length - 250_000)).toBeLessThan(20);
    expect(JSON.parse(body).query).toMatch(/^# \d+ x+\nquery Q1\(/);
  });
});
