/**
 * The log: JSON lines on the standard output. Knows pino, and nothing of what it logs: `operation-line.ts` and
 * `fault-line.ts` decide what may stand in a line.
 */
import type { Writable } from 'node:stream';
import { type LevelWithSilent, pino } from 'pino';

/** What stands in a line besides time, level and message. Flat, and free of anything that names a person. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Writes one line. `message` is fixed text: what varies goes into `fields`. */
type WriteLine = (fields: LogFields, message: string) => void;

/** The log as the other stations see it. Never throws, and never waits. */
export type Log = {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
};

/** How a log is made. */
export type LogOptions = {
  /** The least severe level that is written; `silent` writes none. */
  readonly level: LevelWithSilent;
  /** Takes each line, newline included. */
  readonly write: (line: string) => void;
};

/**
 * Builds a log. Lines have `time` (ISO 8601, UTC) and `level` by name, as log collectors expect them. They have neither
 * host name nor process id, which collectors add.
 */
export function createLog({ level, write }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

/** How a log on a stream is made. */
export type StreamLogOptions = {
  readonly level: LevelWithSilent;
  /** Bytes of lines that may wait for the reader. Lines beyond it are dropped. */
  readonly bufferBytes: number;
  /** Called for every line that is dropped. */
  readonly onDropped: () => void;
};

/** A log on a stream. */
export type StreamLog = {
  readonly log: Log;
  /** Resolves when every line is written, at the latest after `withinMs`. */
  readonly flush: (withinMs: number) => Promise<void>;
};

/**
 * Builds a log on a stream, such as the standard output. The stream decides when a line goes out: Node writes at once to
 * a file, and to a pipe as long as it has room; up to `bufferBytes` wait for room in the pipe. A full disk or a reader
 * that went away costs lines. When a line gets through again, the log says once how many were dropped.
 *
 * pino's own destination does not suit a pipe that nobody reads. Synchronous, it stops the process. Asynchronous, it
 * blocks a thread of Node's pool, which `process.exit` then waits for.
 */
export function createStreamLog(
  stream: Writable,
  { level, bufferBytes, onDropped }: StreamLogOptions,
): StreamLog {
  let dropped = 0;
  const drop = () => {
    dropped += 1;
    onDropped();
  };
  const onWritten = (error?: Error | null) => {
    if (error) return drop();
    // Half of the buffer must be free: with a reader that is merely slow, the log would say so after every line.
    if (dropped === 0 || stream.writableLength > bufferBytes / 2) return;
    const lines = dropped;
    dropped = 0;
    log.warn({ lines }, 'log lines were dropped');
  };
  const log = createLog({
    level,
    write: (line) => {
      if (stream.writableLength + Buffer.byteLength(line) > bufferBytes) drop();
      else stream.write(line, onWritten);
    },
  });
  stream.on('error', () => undefined); // `onWritten` counts it; an `error` without a listener would end the process.
  return { log, flush: (withinMs) => untilWritten(stream, withinMs) };
}

async function untilWritten(stream: Writable, withinMs: number): Promise<void> {
  if (stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    stream.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
