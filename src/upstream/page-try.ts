/**
 * One try at a page: is there a prospect, a signature, a place in the budget, a slot; then the call under its time
 * limit. Knows nothing of trying again.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { unlessAborted } from './abortable.ts';
import type { Asked, Breaker } from './breaker.ts';
import type { BudgetGate } from './budget-gate.ts';
import type { LineRequest } from './budget-lines.ts';
import { withDeadline } from './deadline.ts';
import type { OutgoingHeaders } from './forwarded-headers.ts';
import type { PageCall, UpstreamCaller } from './page-call.ts';
import type { PageAnswer } from './page-request.ts';
import { pause } from './pause.ts';
import { beginAnew, callInSlot, type PlacedCall, type PlacedCallOptions } from './placed-call.ts';
import { verdictOf } from './verdict.ts';

/**
 * Makes one try. `onSigned` is told what the call is signed with, before it goes out; `placedPauseMs` is to pass between
 * the call's place in the budget and the call.
 */
export type PageTry = (
  call: PageCall,
  onSigned: (signed: OutgoingHeaders) => void,
  placedPauseMs: number,
) => Promise<PageAnswer>;

/** What a try passes through. */
export type PageTryOptions = PlacedCallOptions & {
  readonly gate: BudgetGate;
  readonly breaker: Breaker;
  /** For the call itself, in milliseconds. */
  readonly timeoutMs: number;
};

/** One way of a call to the upstream. */
type Way = Pick<PlacedCall, 'call' | 'onSigned' | 'canWaitPlaced'> & { readonly placedPauseMs: number };

/** Builds the way of one try. */
export function createPageTry(options: PageTryOptions): PageTry {
  const { credentials, gate, breaker, timeoutMs, now } = options;
  const waitForToken = createTokenWait(options);

  const placesFor = ({ caller, signal }: PageCall): LineRequest => ({
    credential: credentials.budgetOf(caller.headers),
    subject: caller.subject ?? '',
    deadlineAt: caller.deadlineAt,
    onDelay: caller.onDelay,
    signal,
  });

  async function goThrough({ placedPauseMs, ...way }: Way): Promise<PageAnswer> {
    const { signal, caller } = way.call;
    signal.throwIfAborted();
    const asked = askedBy(way.call);
    breaker.refuseIfOpen(asked);
    // Fetched before there is a place to be held, or the token's own call could find none left.
    await waitForToken(caller, signal);
    const askedAt = now();
    return gate.pass(placesFor(way.call), async (place) => {
      const pauseMs = Math.min(placedPauseMs, (caller.deadlineAt() - now()) / 2);
      if (pauseMs > 0) await pause(pauseMs, signal);
      const placed: PlacedCall = { ...way, place, askedAt, placedAt: now(), sentAt: undefined };
      return breaker.run(
        asked,
        (refuseIfShut) => withDeadline(signal, timeoutMs, callInSlot(options, placed, refuseIfShut)),
        (error) => {
          if (placed.sentAt === undefined) return 'unknown';
          const waitedMs = now() - placed.sentAt;
          const isOthersWell = breaker.wasWellSince(placed.sentAt);
          return verdictOf(error, { callerSignal: signal, waitedMs, timeoutMs, isOthersWell });
        },
      );
    });
  }

  return async (call, onSigned, placedPauseMs) => {
    let way: Way = { call, onSigned, placedPauseMs, canWaitPlaced: false };
    for (;;) {
      try {
        return await goThrough(way);
      } catch (error) {
        if (error !== beginAnew) throw error;
        // Once is enough: tokens that live shorter than the waits would be fetched without end.
        way = { ...way, placedPauseMs: 0, canWaitPlaced: true };
      }
    }
  };
}

function askedBy({ caller, question }: PageCall): Asked {
  const { subject = '', requestId } = caller;
  return { caller: subject, requestId, question };
}

/**
 * Builds the wait for a token that a call cannot go out without. The call stands in no line meanwhile, but has its turn
 * behind those who wait like it: who will find no place in the budget after the wait is told so before it.
 */
function createTokenWait({ credentials, gate }: PageTryOptions) {
  let waiting = 0;
  return async (caller: UpstreamCaller, signal: AbortSignal): Promise<void> => {
    const { headers, deadlineAt, startSpan } = caller;
    const signing = credentials.headersFor(headers, deadlineAt, startSpan);
    if (!(signing instanceof Promise)) return;
    signing.catch(() => undefined); // Whoever is refused here does not wait for it.
    const ahead = waiting;
    waiting += 1;
    try {
      await nextTurn(); // By then the token's own call has its place, or stands in line.
      const credential = credentials.budgetOf(headers);
      await gate.refuseInVain({ credential, deadlineAt }, ahead);
      await unlessAborted(signal, signing);
    } finally {
      waiting -= 1;
    }
  };
}
