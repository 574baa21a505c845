/**
 * What the log says of an unexpected error, and of the causes behind a failure: enough to find the place in the code,
 * and nothing that could repeat what a client or the upstream sent.
 */
import type { LogFields } from './log.ts';

const mostFrames = 20;
const deepestCause = 5;

/** The fields of an unexpected error's log line: its kind, the kinds of its causes, and the stack's frames. */
export function describeFault(error: unknown): LogFields {
  const [fault, ...causes] = causesOf(error);
  if (fault === undefined) return { fault: `thrown ${typeof error}`, causes: [], frames: [] };
  return { fault: kindOf(fault), causes: causes.map(kindOf), frames: framesOf(fault) };
}

/**
 * The kinds of the causes behind failures that have codes of ours, each once, such as `Error CERT_HAS_EXPIRED`. A cause
 * of which nothing but `Error` is known is left out.
 */
export function describeCauses(errors: readonly unknown[]): readonly string[] {
  const kinds = errors.flatMap((error) => causesOf(error).slice(1).map(kindOf));
  return [...new Set(kinds)].filter((kind) => kind !== 'Error');
}

function causesOf(error: unknown, depth = 0): readonly Error[] {
  return error instanceof Error && depth < deepestCause ? [error, ...causesOf(error.cause, depth + 1)] : [];
}

/** Name and code, as far as they are words such as `TypeError` or `ECONNRESET`. */
function kindOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return [isWord(error.name) ? error.name : 'Error', ...(isWord(code) ? [code] : [])].join(' ');
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}

/**
 * The stack without the message. Messages quote: JSON.parse repeats the body that it could not read, undici the address
 * that it could not reach.
 */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  return stack
    .slice(start < 0 ? 0 : start + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, mostFrames);
}
