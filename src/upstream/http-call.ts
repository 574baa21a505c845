/** One HTTP call → its raw answer. Knows neither what is asked nor when to ask again. */

import type { Dispatcher } from 'undici';
import { readBody } from './body.ts';
import type { RawAnswer } from './decode.ts';
import { transportFailure } from './transport-failure.ts';

/** A call to one path of the upstream. Holds secrets. */
export type HttpCall = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Is told the status as soon as there is one. Must not throw. */
  readonly onStatus?: ((status: number) => void) | undefined;
};

/** Firewalls in front of REST endpoints often refuse calls that do not say what they come from. */
const userAgent = 'ledger-balance-gateway';

/** What every call says of itself. No coding at all would allow every one: RFC 9110, section 12.5.3. */
export const ownHeaders = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': userAgent,
} as const;

/**
 * Makes the call. Redirects are never followed, nothing is tried twice.
 * @throws what `transportFailure` makes of it when there is no answer.
 */
export async function fetchAnswer(undici: Dispatcher, { onStatus, ...call }: HttpCall): Promise<RawAnswer> {
  const response = await sendCall(undici, call);
  onStatus?.(response.statusCode);
  return {
    status: response.statusCode,
    retryAfter: firstOf(response.headers['retry-after']),
    date: firstOf(response.headers['date']),
    body: await readBody(response.body),
  };
}

/** A header that should stand once may stand several times. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** undici's own time limits are off: the deadline's signal is the only one, so that there is one error. */
async function sendCall(
  undici: Dispatcher,
  call: Omit<HttpCall, 'onStatus'>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await undici.request({ ...call, headersTimeout: 0, bodyTimeout: 0 });
  } catch (cause) {
    throw transportFailure(cause);
  }
}
