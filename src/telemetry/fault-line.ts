/**
 * What the log says of an unexpected error, and of what lies behind a failure: enough to find the place in the code, nothing that could repeat
 * what a client or the upstream sent.
 */

import type { LogFields } from './log.ts';

const mostFrames = 20;
const deepestCause = 5;

/**
 * The stack without the message. Messages are left out because they quote: JSON.parse repeats the body that
 * it could not read, undici the address that it could not reach.
 */
const framesOf = ({ stack = '', message }: Error): readonly string[] => {
  const start = stack.indexOf(message);
  return stack
    .slice(start < 0 ? 0 : start + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, mostFrames);
};

/** A name or code as the log may show it: a word, such as `TypeError` or `ECONNRESET`. */
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined;

const kindOf = (error: Error): string =>
  [word(error.name) ?? 'Error', word('code' in error ? error.code : undefined)].filter(Boolean).join(' ');

const causesOf = (error: unknown, depth = 0): readonly Error[] =>
  error instanceof Error && depth < deepestCause ? [error, ...causesOf(error.cause, depth + 1)] : [];

/** The fields of an unexpected error's log line: its kind, the kinds of its causes, and the stack's frames. */
export const describeFault = (error: unknown): LogFields => {
  const [fault, ...causes] = causesOf(error);
  if (fault === undefined) return { fault: `thrown ${typeof error}`, causes: [], frames: [] };
  return { fault: kindOf(fault), causes: causes.map(kindOf), frames: framesOf(fault) };
};

/**
 * What lies behind failures that are told by a code of ours: the kinds of their causes, each once, such as
 * `Error CERT_HAS_EXPIRED`. A cause that says no more than that it is one is left out.
 */
export const describeCauses = (errors: readonly unknown[]): readonly string[] => {
  const kinds = errors.flatMap((error) => causesOf(error).slice(1).map(kindOf));
  return [...new Set(kinds)].filter((kind) => kind !== 'Error');
};
