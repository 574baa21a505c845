/**
 * A client before an upstream in memory, on vitest's fake clock: for promises that take minutes. Knows nothing of how the
 * client keeps them.
 */

import { Dispatcher } from 'undici';
import { onTestFinished, vi } from 'vitest';
import { createSlots } from '../../src/upstream/budget/slots.ts';
import { createWindowBudget } from '../../src/upstream/budget/window-budget.ts';
import { createUpstreamClient, type UpstreamClientOptions } from '../../src/upstream/client.ts';
import { forwardCredentials } from '../../src/upstream/credentials/credentials.ts';
import { pageRequest, successBody } from './bodies.ts';
import { playOn } from './http/played-undici.ts';

/** How the upstream answers a call; a page after no time unless given. */
export type TimedAnswer = {
  readonly status?: number;
  readonly afterMs?: number;
  readonly retryAfter?: number;
  /** How long the token lives that answers a token call. */
  readonly ttlSeconds?: number;
};

/** A call at the upstream's door: it may count at any moment from `at` to `endedAt`. */
export type SeenCall = {
  readonly isToken: boolean;
  readonly token: string | undefined;
  readonly at: number;
  endedAt: number;
};

type Parts = { readonly callsPerMinute?: number; readonly maxConcurrency?: number };

/** What one caller asks for, and for how long that is of use. */
export type TimedWish = {
  readonly fairnessKey?: string;
  readonly credential?: string;
  readonly leftMs?: number;
  readonly signal?: AbortSignal;
};

/** Starts the clock at 0, and opens the client. Calls resolve to `page`, or to the failure. */
export const openTimed = (
  answer: (call: SeenCall, number: number) => TimedAnswer,
  { callsPerMinute = Number.POSITIVE_INFINITY, maxConcurrency = 8 }: Parts = {},
  options: Partial<UpstreamClientOptions> = {},
) => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const now = () => Date.now();
  const undici = new TimedUpstream(answer);
  const client = createUpstreamClient({
    baseUrl: 'http://upstream.test',
    timeoutMs: 5000,
    credentials: forwardCredentials,
    dispatcher: {
      open: () => ({ undici, slots: createSlots(maxConcurrency), close: async () => undefined }),
    },
    budget: createWindowBudget({ callsPerMinute, now }),
    now,
    wallNow: now,
    ...options,
  });
  const call = (wish: TimedWish = {}) => {
    const { fairnessKey = 's', credential = 'c', leftMs = 1e9, signal = new AbortController().signal } = wish;
    const deadlineAt = now() + leftMs;
    const caller = { requestId: 'r', fairnessKey, deadlineAt: () => deadlineAt };
    const headers = new Headers({ authorization: `Bearer ${credential}` });
    return client
      .forCaller({ ...caller, headers })(pageRequest(), signal)
      .then(
        () => 'page' as const,
        (error: unknown) => error,
      );
  };
  return { client, call, seen: undici.seen };
};

/** Lets everything happen that takes no time. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** What undici does for the client, without a wire. */
class TimedUpstream extends Dispatcher {
  readonly seen: SeenCall[] = [];
  readonly #answer: (call: SeenCall, number: number) => TimedAnswer;

  constructor(answer: (call: SeenCall, number: number) => TimedAnswer) {
    super();
    this.#answer = answer;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const headers = options.headers as string[];
    const tokenAt = headers.findIndex((name) => /^(x-cap-api-oauth-token|authorization)$/.test(name));
    const token = tokenAt === -1 ? undefined : headers[tokenAt + 1];
    const at = Date.now();
    const call: SeenCall = { isToken: options.method === 'POST', token, at, endedAt: at };
    this.seen.push(call);
    const number = this.seen.length;
    const { status = 200, afterMs = 0, retryAfter, ttlSeconds = 300 } = this.#answer(call, number);
    const end = () => {
      if (played.aborted) return;
      call.endedAt = Date.now();
      const tokenBody = { data: { accessToken: `t${number}`, ttlSeconds }, errors: null };
      const body = JSON.stringify(call.isToken ? tokenBody : successBody());
      const answerHeaders: Record<string, string> =
        retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      played.head(status, answerHeaders);
      played.data(body);
      played.end();
    };
    const timer = afterMs > 0 ? setTimeout(end, afterMs) : void Promise.resolve().then(end);
    const played = playOn(handler, () => {
      clearTimeout(timer);
      call.endedAt = Date.now();
    });
    played.connect();
    return true;
  }
}
