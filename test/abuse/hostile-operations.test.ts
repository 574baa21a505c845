/**
 * Hostile operations, made by the hundred: each is answered, in bounded time and memory, at bounded cost, and whoever asks
 * beside it is served.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { builtPath } from '../built-path.ts';
import { startHarness } from '../gateway/harness.ts';

it.each([
  ['as it comes', []],
  ['in production', ['--production']],
])(
  'whatever is asked is answered within bounds, and the next caller is served beside it: %s',
  async (_, options) => {
    const run = promisify(execFile)(process.execPath, [builtPath('test/abuse/hostile-run.ts'), ...options]);
    expect(JSON.parse((await run).stdout)).toEqual([]);
  },
  240_000,
);

it('distinct documents by the thousand, valid or not, do not pile up in memory', async () => {
  const harness = await startHarness();
  const text = 'x'.repeat(20_000);
  const ask = (number: number) =>
    harness.post({
      query: `query Q${number} { __typename # ${number % 2 === 0 ? `}${text}` : text}\n ${number % 3 === 0 ? 'unknown' : ''} }`,
    });
  const memory = () => {
    globalThis.gc?.();
    return residentBytes();
  };
  for (let number = 0; number < 500; number += 1) await (await ask(number)).text();
  const before = memory();
  for (let number = 500; number < 4000; number += 1) await (await ask(number)).text();
  // 3,500 documents of 20 KB are 70 MB of text alone, and forty times that when they are parsed and kept.
  expect(memory() - before).toBeLessThan(300_000_000);
  expect(harness.sandbox.callCount()).toBe(0);
}, 120_000);

/** As the system counts, which a heap that has grown for a while does not give back at once. */
function residentBytes(): number {
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
  return pages * 4096;
}
