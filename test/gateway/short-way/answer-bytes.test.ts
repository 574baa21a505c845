/** The bytes of answers: the same as those of JSON, whatever the text. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerBytes } from '../../../src/gateway/short-way/answer-bytes.ts';

function bytesOf(answer: AnswerBytes, values: readonly string[]): Buffer {
  for (const value of values) answer.addString(value);
  const bytes = answer.copy();
  answer.clear();
  return bytes;
}

const jsonOf = (values: readonly string[]) =>
  Buffer.from(values.map((value) => JSON.stringify(value)).join(''));

it('are those of JSON for any text', () => {
  const answer = new AnswerBytes();
  const text = fc.oneof(
    fc.string({ maxLength: 250 }),
    fc.string({ unit: 'binary', maxLength: 250 }),
    fc.constantFrom('', '"', '\\', '\u0000', '\u007f', '\u2028', '\ud83d', '\udc00', 'é', '漢', '😀'),
  );
  fc.assert(
    fc.property(fc.array(text), (values) => {
      expect(String(bytesOf(answer, values))).toBe(String(jsonOf(values)));
    }),
  );
});

it('are all there when an answer grows, piece by piece or at once, before and after a small one', () => {
  const answer = new AnswerBytes();
  const small = ['a', 'é'];
  for (const large of [Array.from({ length: 50_000 }, (_, at) => `entry ${at}`), ['漢'.repeat(700_000)]]) {
    expect(bytesOf(answer, small)).toEqual(jsonOf(small));
    expect(bytesOf(answer, large).equals(jsonOf(large))).toBe(true);
  }
  expect(bytesOf(answer, small)).toEqual(jsonOf(small));
});

it('stay as they are while the next answer is written', () => {
  const answer = new AnswerBytes();
  const first = bytesOf(answer, ['first']);
  bytesOf(answer, ['other']);
  expect(first).toEqual(jsonOf(['first']));
});

it('can be repeated, also where the answer must grow for it', () => {
  const answer = new AnswerBytes();
  answer.addJson('[');
  answer.addString('x'.repeat(60_000));
  const to = answer.length;
  answer.addJson(',');
  answer.repeat(1, to);
  answer.addJson(']');
  expect(JSON.parse(String(answer.copy()))).toEqual(['x'.repeat(60_000), 'x'.repeat(60_000)]);
});

it('leave at most a megabyte of memory behind, however large the answer was', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const memory = () => {
    collect();
    collect(); // V8 frees buffers in another thread, and the next collection waits for it.
    return process.memoryUsage().arrayBuffers;
  };
  const answer = new AnswerBytes();
  const before = memory();
  answer.addString('漢'.repeat(4_000_000));
  expect(memory() - before).toBeGreaterThan(10_000_000);
  answer.clear();
  expect(memory() - before).toBeLessThan(2_000_000);
  expect(bytesOf(answer, ['small'])).toEqual(jsonOf(['small']));
});
