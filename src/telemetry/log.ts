/**
 * The log: JSON lines on the standard output, one for each operation. Knows pino, and nothing of what it is
 * told. What may stand in a line is decided in `operation-line.ts` and `fault-line.ts`.
 */

import { destination, type LevelWithSilent, pino } from 'pino';

/** What stands in a line besides time, level and message. Flat, and free of anything that names a person. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Writes one line. `message` is fixed text: what varies goes into `fields`. */
type WriteLine = (fields: LogFields, message: string) => void;

/** The log as everyone else sees it. Never throws. */
export type Log = {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
};

/** How a log is made. */
export type LogOptions = {
  /** The least severe line that is written; `silent` writes none. */
  readonly level: LevelWithSilent;
  /** Takes each line, newline included. The standard output unless given. */
  readonly write?: (line: string) => void;
};

/**
 * Builds a log. Lines carry `time` (ISO 8601, UTC) and `level` by name, as log collectors like them, and
 * neither host name nor process id, which those add themselves. Written synchronously: a line that says why
 * a process ended must be out before it does, and at one line for each operation the cost does not show.
 */
export const createLog = ({ level, write }: LogOptions): Log => {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    write === undefined ? standardOutput() : { write },
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
};

/** A full disk or a reader that went away costs lines, never the process: an `error` nobody hears would end it. */
const standardOutput = () => destination({ dest: 1, sync: true }).on('error', () => undefined);
