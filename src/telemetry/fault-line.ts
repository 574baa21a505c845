/**
 * Log fields for an unexpected error, and for the causes of a failure. They are enough to find the error in the code, and
 * repeat nothing that a client or the upstream sent.
 */
import type { LogFields } from './log.ts';

const mostFrames = 20;
const mostCauses = 5;

/** The log fields of an unexpected error: its kind, the kinds of its causes, and the frames of its stack. */
export function describeFault(error: unknown): LogFields {
  const [fault, ...causes] = causesOf(error);
  if (fault === undefined) return { fault: `thrown ${typeof error}`, causes: [], frames: [] };
  return { fault: kindOf(fault), causes: causes.map(kindOf), frames: framesOf(fault) };
}

/**
 * The kinds of the causes of failures, each once, such as `Error CERT_HAS_EXPIRED`. Leaves out the kind `Error` alone,
 * which says nothing.
 */
export function describeCauses(errors: readonly unknown[]): readonly string[] {
  const kinds = errors.flatMap((error) => causesOf(error).slice(1).map(kindOf));
  return [...new Set(kinds)].filter((kind) => kind !== 'Error');
}

function causesOf(error: unknown, depth = 0): readonly Error[] {
  return error instanceof Error && depth < mostCauses ? [error, ...causesOf(error.cause, depth + 1)] : [];
}

/** Name and code of an error, such as `TypeError` or `Error ECONNRESET`. Leaves out what is no single word. */
function kindOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return [isWord(error.name) ? error.name : 'Error', ...(isWord(code) ? [code] : [])].join(' ');
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}

/**
 * The frames of the stack, without the message. Messages quote: JSON.parse the body that it could not parse, undici the
 * address that it could not reach.
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
