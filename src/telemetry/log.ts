/**
 * The log: JSON lines on the standard output, written by pino. `operation-line.ts` and `fault-line.ts` decide what a
 * line may contain.
 */
import type { Writable } from 'node:stream';
import { type LevelWithSilent, pino } from 'pino';

/** The fields of a line besides time, level and message. Flat. No field may name a person. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Writes one line. `message` is fixed text; everything that varies goes into `fields`. */
type WriteLine = (fields: LogFields, message: string) => void;

/** The log as the other stations see it. It never throws and never waits. */
export type Log = {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
};

/** What a log needs. */
export type LogOptions = {
  /** The least severe level that is written; `silent` for none. */
  readonly level: LevelWithSilent;
  /** Writes a line, newline included. */
  readonly write: (line: string) => void;
};

/**
 * Builds a log. Each line has `time` (ISO 8601, UTC) and the name of its `level`, as log collectors expect. It has
 * neither host name nor process id, because collectors add them.
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

/** What a log on a stream needs. */
export type StreamLogOptions = {
  readonly level: LevelWithSilent;
  /** Most bytes of lines that may wait for the reader. Further lines are dropped. */
  readonly bufferBytes: number;
  /** Called for every dropped line. */
  readonly onDropped: () => void;
};

/** A log on a stream. */
export type StreamLog = {
  readonly log: Log;
  /** Resolves when all lines are written, or after `withinMs`. */
  readonly flush: (withinMs: number) => Promise<void>;
};

/**
 * Builds a log on a stream, such as the standard output. Node writes a line at once to a file, and to a pipe that has room.
 * Otherwise lines wait for the reader, up to `bufferBytes`. With a full disk, or without a reader, lines are dropped. When
 * lines are written again, the log says once how many were dropped.
 *
 * pino's own destination does not suit a pipe that nobody reads. If it is synchronous, it blocks the process. If it is
 * asynchronous, it blocks a thread of Node's pool, and `process.exit` waits for that thread.
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
    // Only when half of the buffer is free: with a slow reader there would be a warning after every line.
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
  stream.on('error', () => undefined); // `onWritten` counts the line. Without a listener, an `error` event would end the process.
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
