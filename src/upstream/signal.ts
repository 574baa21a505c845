/**
 * A signal that nobody wants a result any more, and waits that it ends.
 *
 * Not `AbortController`: it takes many times as long, and every request has one for itself and one for each call. An
 * `AbortSignal` can be passed wherever a `Signal` is taken.
 */

/** Called when a signal fires. An object, which the DOM allows as well, so that no wait needs a closure for it. */
export type AbortListener = { readonly handleEvent: () => void };

/** The part of an AbortSignal on which waits depend. */
export type Signal = {
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly throwIfAborted: () => void;
  readonly addEventListener: (type: 'abort', listener: AbortListener) => void;
  readonly removeEventListener: (type: 'abort', listener: AbortListener) => void;
};

/** A signal, and the function that fires it. Its listeners must not throw. */
export class LightSignal implements Signal {
  aborted = false;
  reason: unknown;
  /** Most signals have one listener at a time. Only further ones need a set. */
  #first: AbortListener | undefined;
  #others: Set<AbortListener> | undefined;

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_: 'abort', listener: AbortListener): void {
    if (this.#first === undefined) this.#first = listener;
    else {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }

  removeEventListener(_: 'abort', listener: AbortListener): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#others?.delete(listener);
  }

  /** Fires once: a later reason is ignored. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#first?.handleEvent();
    for (const listener of this.#others ?? []) listener.handleEvent();
    this.#first = undefined;
    this.#others = undefined;
  }
}

/**
 * A wait for a result. The first of `resolve`, `reject` and the signal ends it. `onAborted` is called if it is the signal. A
 * class, because closures take more memory, and very many calls may wait at a time.
 */
export class Wait<T> implements AbortListener {
  onAborted: (() => void) | undefined;
  readonly #signal: Signal;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;

  /** The signal must not have fired. */
  constructor(signal: Signal, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this);
  }

  resolve(value: T): void {
    this.#signal.removeEventListener('abort', this);
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    this.#signal.removeEventListener('abort', this);
    this.#reject(reason);
  }

  handleEvent(): void {
    this.reject(this.#signal.reason);
    this.onAborted?.();
  }
}

/**
 * Returns a promise that the wait settles, and that rejects with the signal's reason as soon as the signal fires. `start` may
 * return what is to be done when the signal ends the wait.
 */
export function unlessAborted<T>(
  signal: Signal,
  start: (wait: Wait<T>) => (() => void) | undefined,
): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const wait = new Wait(signal, resolve, reject);
    wait.onAborted = start(wait);
  });
}

/** Waits for `ms` milliseconds. */
export function pause(ms: number, signal: Signal): Promise<void> {
  return unlessAborted(signal, (wait) => {
    const timer = setTimeout(() => wait.resolve(), ms);
    return () => clearTimeout(timer);
  });
}
