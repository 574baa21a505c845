/** Hundreds of generated hostile operations: each gets an answer within bounds of time, memory and calls. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { builtPath } from '../built-path.ts';
import { startHarness } from '../gateway/harness.ts';

it.each([
  ['by default', []],
  ['in production', ['--production']],
])(
  'answers every hostile operation within its bounds, and the request beside it: %s',
  async (_, options) => {
    const run = promisify(execFile)(process.execPath, [builtPath('test/abuse/hostile-run.ts'), ...options]);
    expect(JSON.parse((await run).stdout)).toEqual([]);
  },
  240_000,
);

it('does not keep thousands of different documents in memory, valid or not', async () => {
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
  // 3,500 documents of 20 KB are 70 MB of text, and forty times that if their parsed form stays in memory.
  expect(memory() - before).toBeLessThan(300_000_000);
  expect(harness.sandbox.callCount()).toBe(0);
}, 120_000);

/** As the system counts. A heap that has grown does not give everything back at once. */
function residentBytes(): number {
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
  return pages * 4096;
}
