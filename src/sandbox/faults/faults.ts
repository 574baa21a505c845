/**
 * The faults that can be switched on while a sandbox runs: what each kind sends, and how a fault is limited to some
 * calls. `fault-draw.ts` picks the fault of a call, `fault-answer.ts` sends it.
 */

/** What goes wrong. `faultKinds` describes the kinds for the control endpoints. */
export type FaultKind =
  /** The answer comes `ms` milliseconds later. Latencies add up, and another kind can follow them. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** 429. `retryAfter` in seconds is sent as seconds or as an HTTP date. Without it no header is sent. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: number; readonly form?: 'seconds' | 'date' }
  /** 500 to 599 (default 503). The body is an HTML page (default) or empty. */
  | { readonly kind: 'server-error'; readonly status?: number; readonly body?: 'html' | 'empty' }
  /** No answer. The connection stays open until the client leaves. */
  | { readonly kind: 'hang' }
  /** Status, headers and half the body, then nothing. The connection stays open. */
  | { readonly kind: 'stall' }
  /** Half the body that `Content-Length` announced, then the connection is closed. */
  | { readonly kind: 'cut-body' }
  /** Half the body, sent as a whole one: good HTTP, broken JSON. */
  | { readonly kind: 'cut-json' }
  /** 200 with an HTML page. */
  | { readonly kind: 'html' }
  /** 200 with an empty body. */
  | { readonly kind: 'empty' }
  /** 200 with JSON of another shape, or with `text`, which can be any text. */
  | { readonly kind: 'other-shape'; readonly text?: string; readonly status?: number }
  /** The connection is reset before any byte of the answer. */
  | { readonly kind: 'reset' }
  /** The right answer, padded with spaces to `bytes` (default 1.5 MiB). `chunked` announces no length. */
  | { readonly kind: 'oversized'; readonly bytes?: number; readonly chunked?: boolean }
  /** 302 to `location` (default: the same URL with `redirected=1`). */
  | { readonly kind: 'redirect'; readonly location?: string }
  /** 401 without JSON. */
  | { readonly kind: 'unauthorized' }
  /** 403 without JSON. */
  | { readonly kind: 'forbidden' }
  /** A failure body with `code` (default 9003), and the status that the sandbox sends failures with. */
  | { readonly kind: 'refusal'; readonly code?: number; readonly message?: string };

/** The calls that a fault hits. All members that are given must match. Without any it hits every ledger call. */
export type FaultScope = {
  /** Default `ledger`. */
  readonly endpoint?: 'ledger' | 'token' | 'any';
  /** Only calls with this `offset`; a call without one asks for page 0. */
  readonly pageNumber?: number;
  readonly identifierValue?: string;
  /** Only calls for a request with this `x-request-id`. Tests that run side by side each switch on their own faults. */
  readonly onlyFor?: string;
  /** Query parameters by name: equal to the text, present at all (`true`), or absent (`false`). */
  readonly query?: Readonly<Record<string, string | boolean>>;
  /** Spares so many matching calls first. */
  readonly skip?: number;
  /** 3 hits the first matching call that is not spared, and then each third one. */
  readonly every?: number;
  /** 0 to 1: hits each matching call with this probability. `seed` (default 1) starts the random numbers. */
  readonly probability?: number;
  readonly seed?: number;
  /** Most hits. Then the fault is spent. */
  readonly times?: number;
};

/** One fault that is switched on. */
export type Fault = FaultKind & FaultScope;

/** What each kind does, and its settings besides the scope. The control endpoints and the documents print it. */
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
