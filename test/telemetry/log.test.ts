/** The log: the form of its lines, its levels, and on a stream its bound. */
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog, createStreamLog } from '../../src/telemetry/log.ts';

const collect = (level: 'debug' | 'warn' | 'silent') => {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => lines.push(line) }) };
};

describe('a log', () => {
  it('writes one line of JSON with time, level and message, and nothing about the machine', () => {
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

  it('gives each line the moment at which it was written, to the millisecond', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { lines, log } = collect('debug');
    const moments = ['2026-12-31T23:59:59.009Z', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'];
    for (const moment of [...moments, ...moments.toReversed()]) {
      vi.setSystemTime(new Date(moment));
      log.info({}, 'operation');
    }
    const times = lines.map((line) => JSON.parse(line).time);
    expect(times).toEqual([...moments, ...moments.toReversed()]);
  });

  it('keeps a hostile value within its line', () => {
    const { lines, log } = collect('debug');
    log.warn({ name: 'a\n{"level":"fatal"}\u2028' }, 'x');
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '').name).toBe('a\n{"level":"fatal"}\u2028');
  });

  it('leaves out what is below its level', () => {
    const { lines, log } = collect('warn');
    log.debug({}, 'no');
    log.info({}, 'no');
    log.warn({}, 'yes');
    log.error({}, 'yes');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['yes', 'yes']);
  });

  it('writes nothing at all when silent', () => {
    const { lines, log } = collect('silent');
    log.error({}, 'no');
    expect(lines).toEqual([]);
  });
});

/** A stream whose reader takes a chunk when the test says so, or refuses it. */
const openReader = () => {
  const chunks: string[] = [];
  let settle: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      settle = (error) => {
        if (error === undefined) chunks.push(chunk);
        done(error);
      };
    },
    destroy: (_, done) => done(null), // The standard output cannot be closed either.
  });
  const take = async (error?: Error) => {
    settle?.(error);
    await nextTurn();
  };
  return { chunks, stream, take };
};

const open = (logBufferBytes: number) => {
  const reader = openReader();
  const counted = { dropped: 0 };
  const onDropped = () => {
    counted.dropped += 1;
  };
  return {
    ...reader,
    counted,
    ...createStreamLog(reader.stream, { logLevel: 'info', logBufferBytes, onDropped }),
  };
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const linesOf = (chunks: readonly string[]) =>
  chunks
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('a log on a stream', () => {
  it('buffers lines up to its bound for a reader that pauses, drops and counts the rest, and says so once', async () => {
    const { log, chunks, take, counted, stream } = open(1000);
    for (let n = 0; n < 100; n += 1) {
      log.info({ n }, 'operation');
      if (n % 3 === 0) await nextTurn();
    }
    expect(stream.writableLength).toBeGreaterThan(800);
    expect(stream.writableLength).toBeLessThanOrEqual(1000);
    expect(counted.dropped).toBeGreaterThan(50);
    expect(counted.dropped).toBeLessThan(100);
    while (stream.writableLength > 0) await take();
    const lines = linesOf(chunks);
    expect(lines.filter(({ msg }) => msg === 'operation')).toHaveLength(100 - counted.dropped);
    expect(lines.filter(({ msg }) => msg === 'log lines were dropped')).toEqual([
      expect.objectContaining({ level: 'warn', lines: counted.dropped }),
    ]);
  });

  it('drops no line that its reader reads in time', async () => {
    const { log, chunks, take, counted } = open(1000);
    for (let n = 0; n < 100; n += 1) {
      log.info({ n }, 'operation');
      await nextTurn();
      await take();
    }
    expect([chunks.length, counted.dropped]).toEqual([100, 0]);
  });

  it('writes the lines of one turn together, at the end of the turn', async () => {
    const { log, chunks, take } = open(100_000);
    for (let n = 0; n < 3; n += 1) log.info({ n }, 'operation');
    await nextTurn();
    await take();
    expect(chunks).toHaveLength(1);
    expect(linesOf(chunks).map(({ n }) => n)).toEqual([0, 1, 2]);
  });

  it('drops what is over its bound within one turn too', async () => {
    const { log, counted, stream } = open(1000);
    for (let n = 0; n < 100; n += 1) log.info({ n }, 'operation');
    expect(counted.dropped).toBeGreaterThan(80);
    await nextTurn();
    expect(stream.writableLength).toBeLessThanOrEqual(1000);
  });

  it('counts lines that cannot be written, and throws nothing', async () => {
    const { log, take, counted } = open(100_000);
    for (let n = 0; n < 3; n += 1) log.info({ n }, 'operation');
    await nextTurn();
    await take(new Error('ENOSPC'));
    expect(counted.dropped).toBe(3);
    log.info({}, 'operation');
  });

  it('is flushed when every line is written, or when the time is up', async () => {
    const { log, chunks, take, flush } = open(100_000);
    await flush(60_000);
    log.info({}, 'operation');
    const flushed = flush(60_000);
    await take();
    await take();
    await flushed;
    expect(chunks.join('')).toContain('"operation"');
    log.info({}, 'operation');
    await flush(1);
  });
});
