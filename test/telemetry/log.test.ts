/** The log's lines: their form, and that a level holds back what is below it. */

import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';

const collect = (level: 'debug' | 'warn' | 'silent') => {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => lines.push(line) }) };
};

describe('createLog', () => {
  it('writes one line of JSON with time, level and message, and nothing of the machine', () => {
    const { lines, log } = collect('debug');
    log.info({ upstreamCalls: 2 }, 'operation');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      upstreamCalls: 2,
      msg: 'operation',
    });
  });

  it('keeps a hostile value within its line', () => {
    const { lines, log } = collect('debug');
    log.warn({ name: 'a\n{"level":"fatal"}\u2028' }, 'x');
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '').name).toBe('a\n{"level":"fatal"}\u2028');
  });

  it('holds back what is below its level', () => {
    const { lines, log } = collect('warn');
    log.debug({}, 'no');
    log.info({}, 'no');
    log.warn({}, 'yes');
    log.error({}, 'yes');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['yes', 'yes']);
  });

  it('says nothing at all when silent', () => {
    const { lines, log } = collect('silent');
    log.error({}, 'no');
    expect(lines).toEqual([]);
  });
});
