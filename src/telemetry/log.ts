/**
 * The log: JSON lines on the standard output. `operation-line.ts` and `fault-line.ts` decide what a line may contain.
 */
import type { Writable } from 'node:stream';
import { type LogLevel, logLevels } from '../config/settings.ts';

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
  readonly level: LogLevel;
  /** Writes a line, newline included. */
  readonly write: (line: string) => void;
};

/**
 * Builds a log. Each line has `time` (ISO 8601, UTC) and the name of its `level`, as log collectors expect. It has
 * neither host name nor process id, because collectors add them. A logging library would only add cost: pino took 1.5 times
 * as long for the same line.
 */
export function createLog({ level, write }: LogOptions): Log {
  const writer = (name: keyof Log): WriteLine => {
    if (logLevels.indexOf(name) < logLevels.indexOf(level)) return () => undefined;
    const start = `{"level":"${name}","time":"`;
    return (fields, message) => {
      const members = JSON.stringify(fields).slice(1, -1);
      write(`${start}${timeNow()}",${members}${members && ','}"msg":${JSON.stringify(message)}}\n`);
    };
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/** The second of the last line, in milliseconds since 1970, and its text without the milliseconds. */
let second = Number.NaN;
let secondText = '';

/** The time in ISO 8601. The text of a second is kept: `toISOString` takes half as long as the rest of a line. */
function timeNow(): string {
  const now = Date.now();
  const milliseconds = now % 1000;
  if (now - milliseconds !== second) {
    second = now - milliseconds;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `${secondText}${String(milliseconds).padStart(3, '0')}Z`;
}

/** What a log on a stream needs. */
export type StreamLogOptions = {
  /** The least severe level that is written. */
  readonly logLevel: LogLevel;
  /** Most bytes of lines that may wait for the reader, by their characters: few are not ASCII. Further lines are dropped. */
  readonly logBufferBytes: number;
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
 * Builds a log on a stream, such as the standard output. The lines of one turn of the event loop are written together at its
 * end, because each write costs a system call. Node writes them at once to a file, and to a pipe that has room. Otherwise
 * lines wait for the reader, up to `logBufferBytes`. With a full disk, or without a reader, lines are dropped. When lines are
 * written again, the log says once how many were dropped.
 *
 * A destination of its own would not suit a pipe that nobody reads. If it is synchronous, it blocks the process. If it is
 * asynchronous, it blocks a thread of Node's pool, and `process.exit` waits for that thread.
 */
export function createStreamLog(
  stream: Writable,
  { logLevel: level, logBufferBytes, onDropped }: StreamLogOptions,
): StreamLog {
  let dropped = 0;
  /** The lines of this turn, and their number. */
  let [text, lines] = ['', 0];

  function drop(count: number): void {
    dropped += count;
    for (let each = 0; each < count; each += 1) onDropped();
  }
  function writeLines(): void {
    if (lines === 0) return;
    const written = lines;
    stream.write(text, (error) => (error ? drop(written) : reportDropped()));
    [text, lines] = ['', 0];
  }
  function reportDropped(): void {
    // Only when half of the buffer is free: with a slow reader there would be a warning after every line.
    if (dropped === 0 || stream.writableLength > logBufferBytes / 2) return;
    const count = dropped;
    dropped = 0; // Before the warning, which may be dropped too.
    log.warn({ lines: count }, 'log lines were dropped');
  }
  const log = createLog({
    level,
    write(line) {
      if (stream.writableLength + text.length + line.length > logBufferBytes) return drop(1);
      if (lines === 0) setImmediate(writeLines);
      text += line;
      lines += 1;
    },
  });
  stream.on('error', () => undefined); // Without a listener, an `error` event would end the process.
  return {
    log,
    async flush(withinMs) {
      writeLines();
      await untilWritten(stream, withinMs);
    },
  };
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
