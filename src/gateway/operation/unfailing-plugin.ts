/**
 * Keeps faults of our own hooks from clients. Yoga makes whatever goes wrong in an operation an error of its result; but
 * what goes wrong before or after it, in `onRequest` or `onResponse`, it answers with the stack trace.
 */
import type { Plugin } from 'graphql-yoga';
import { plainError } from '../http/plain-error.ts';
import { unexpected } from './client-error.ts';

/** What a plugin does with every HTTP request, by Yoga's names. */
type Hooks<Context extends object> = Pick<Plugin<object, Context>, 'onRequest' | 'onResponse'>;

/** Is told of each fault, to log it. Must not throw, as the log does not. */
export type OnFault = (request: Request, fault: unknown) => void;

/**
 * The plugin with hooks that do not fail. A fault in `onRequest` is answered with INTERNAL_SERVER_ERROR and nothing
 * more; one in `onResponse` leaves the answer as it is.
 */
export function unfailing<Context extends object>(
  plugin: Plugin<object, Context>,
  onFault: OnFault,
): Plugin<object, Context> {
  const { onRequest, onResponse } = plugin;
  const answering: Hooks<Context>['onRequest'] = (event) =>
    attempt(
      () => onRequest?.(event),
      (fault) => {
        const { body, headers } = plainError('INTERNAL_SERVER_ERROR', unexpected);
        event.endResponse(new event.fetchAPI.Response(body, { status: 500, headers }));
        onFault(event.request, fault);
      },
    );
  const leaving: Hooks<Context>['onResponse'] = (event) =>
    attempt(
      () => onResponse?.(event),
      (fault) => onFault(event.request, fault),
    );
  return {
    ...plugin,
    ...(onRequest && { onRequest: answering }),
    ...(onResponse && { onResponse: leaving }),
  };
}

/** Waits for nothing where the hook does not: most requests pass through all of them in one turn. */
function attempt(work: () => unknown, onFailure: (fault: unknown) => void): Promise<void> | undefined {
  try {
    const outcome = work();
    return outcome instanceof Promise ? outcome.then(() => undefined, onFailure) : undefined;
  } catch (fault) {
    onFailure(fault);
    return undefined;
  }
}
