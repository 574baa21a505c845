/** A pause in somebody's work, until his signal fires. Knows nothing of the work. */

/** Waits so many milliseconds. Rejects with the signal's reason as soon as it fires; leaves neither timer nor listener. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
