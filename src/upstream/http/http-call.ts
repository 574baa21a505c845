/** One HTTP call → its raw answer. Knows neither what is asked nor when to ask again. */

import type { Dispatcher } from 'undici';
import type { RawAnswer } from '../rest/decode.ts';
import { maxBodyBytes, readBody } from './body.ts';
import { dispatchUnder } from './connector.ts';
import { transportFailure } from './transport-failure.ts';

/** A call to one path of the upstream. Holds secrets. */
export type HttpCall = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Called with the status as soon as there is one. Must not throw. */
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
    body: saysAllByStatus(response.statusCode)
      ? await skipBody(response.body)
      : await readBody(response.body, response.headers['content-encoding']?.toString()),
  };
}

/** Refused credentials, and too many calls: `decode.ts` and `token.ts` look no further. */
function saysAllByStatus(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** How long the rest of an answer that nobody reads may take, in milliseconds, to spare its connection. */
const longestSkipMs = 100;

/** Lets a body go by; one that is long or does not end in time is cut off, together with its connection. */
async function skipBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  await body.dump({ limit: maxBodyBytes, signal: AbortSignal.timeout(longestSkipMs) }).catch(() => undefined);
  return '';
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
    return await dispatchUnder(call.signal, () =>
      undici.request({ ...call, headersTimeout: 0, bodyTimeout: 0 }),
    );
  } catch (cause) {
    throw transportFailure(cause);
  }
}
