/**
 * The faults that can be switched on while a sandbox runs: their kinds, what each does on the wire, and to
 * which calls it can be limited. Types and one table; drawing is in `fault-draw.ts`, doing in
 * `fault-answer.ts` and `wire.ts`.
 */

/** What goes wrong. One member per kind; `faultKinds` says the same in words for the control endpoints. */
export type FaultKind =
  /** The answer comes as it would, `ms` milliseconds later. Several latencies add up, and go before any other kind. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** 429. `retryAfter` in seconds is sent as seconds or as an HTTP date; left out, no header is sent. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: number; readonly form?: 'seconds' | 'date' }
  /** 500 to 599 (default 503), with an HTML page (default) or nothing as body. */
  | { readonly kind: 'server-error'; readonly status?: number; readonly body?: 'html' | 'empty' }
  /** No answer at all; the connection stays open until the client gives up. */
  | { readonly kind: 'hang' }
  /** Status, headers and half the body, then silence; the connection stays open. */
  | { readonly kind: 'stall' }
  /** Half the body that `Content-Length` promised, then the connection is closed. */
  | { readonly kind: 'cut-body' }
  /** Half the body, sent as if it were whole: good HTTP, broken JSON. */
  | { readonly kind: 'cut-json' }
  /** 200 with an HTML page. */
  | { readonly kind: 'html' }
  /** 200 with nothing. */
  | { readonly kind: 'empty' }
  /** 200 with JSON of another shape: `text` if given, which may also be anything else. */
  | { readonly kind: 'other-shape'; readonly text?: string; readonly status?: number }
  /** The connection is reset before any byte of the answer. */
  | { readonly kind: 'reset' }
  /** The right answer, padded with white space to `bytes` (default 1.5 MiB); `chunked`: length not announced. */
  | { readonly kind: 'oversized'; readonly bytes?: number; readonly chunked?: boolean }
  /** 302 to `location` (default: the same path again, with `redirected=1`). */
  | { readonly kind: 'redirect'; readonly location?: string }
  /** 401 without JSON. */
  | { readonly kind: 'unauthorized' }
  /** 403 without JSON. */
  | { readonly kind: 'forbidden' }
  /** A failure body with `code` (default 9003), sent in the sandbox's failure style. */
  | { readonly kind: 'refusal'; readonly code?: number; readonly message?: string };

/** To which calls a fault is limited. All that is given must hold; without any, every ledger call is hit. */
export type FaultScope = {
  /** Default `ledger`. */
  readonly endpoint?: 'ledger' | 'token' | 'any';
  /** Only calls with this `offset`; a call without one asks for page 0. */
  readonly pageNumber?: number;
  readonly identifierValue?: string;
  /** Query parameters by name: equal to the text, present at all (`true`), or absent (`false`). */
  readonly query?: Readonly<Record<string, string | boolean>>;
  /** The first so many matching calls are spared. */
  readonly skip?: number;
  /** Only every so-manieth of the matching calls, counted from the first that is not spared. */
  readonly every?: number;
  /** 0 to 1: each matching call is hit with this probability, by a generator started with `seed` (default 1). */
  readonly probability?: number;
  readonly seed?: number;
  /** At most so many hits; then the fault is spent. */
  readonly times?: number;
};

/** One fault that is switched on. */
export type Fault = FaultKind & FaultScope;

/** The kinds in words, and the settings of each besides the scope. Printed by the control endpoints. */
export const faultKinds = {
  latency: { meaning: 'the answer comes ms milliseconds later', settings: ['ms'] },
  'rate-limited': {
    meaning: '429; retryAfter seconds as form "seconds" or "date", without it no Retry-After',
    settings: ['retryAfter', 'form'],
  },
  'server-error': { meaning: 'status 5xx, body "html" or "empty"', settings: ['status', 'body'] },
  hang: { meaning: 'no answer at all', settings: [] },
  stall: { meaning: 'half an answer, then silence', settings: [] },
  'cut-body': { meaning: 'the connection is closed in the middle of the body', settings: [] },
  'cut-json': { meaning: 'half the JSON, sent as if it were whole', settings: [] },
  html: { meaning: '200 with an HTML page', settings: [] },
  empty: { meaning: '200 with nothing', settings: [] },
  'other-shape': { meaning: 'JSON of another shape, or text', settings: ['text', 'status'] },
  reset: { meaning: 'the connection is reset', settings: [] },
  oversized: {
    meaning: 'the answer padded to bytes, default 1.5 MiB; chunked or not',
    settings: ['bytes', 'chunked'],
  },
  redirect: { meaning: '302 to location', settings: ['location'] },
  unauthorized: { meaning: '401 without JSON', settings: [] },
  forbidden: { meaning: '403 without JSON', settings: [] },
  refusal: { meaning: 'a failure body with code, default 9003', settings: ['code', 'message'] },
} as const satisfies Record<FaultKind['kind'], { meaning: string; settings: readonly string[] }>;
