/**
 * Failures as values: one wrong list item or balance must not fail the others.
 */

/** What a function gives, or the error that it throws. */
export function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return asError(error);
  }
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('Something was thrown that is no error', { cause: thrown });
}
