/** Waiting for what others do, until one's own signal fires. Knows nothing of what is waited for. */

/**
 * Waits for a promise that goes on without us. Rejects with the signal's reason as soon as it fires, at once if it
 * has fired already; leaves no listener behind.
 */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // Whoever leaves early must not turn its failure into one that nobody handles.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let leave: (() => void) | undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([promise, left]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
  }
}
