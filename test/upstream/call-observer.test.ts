/** What an observer sees of calls: each that goes out once, with its outcome, and no other. */
import { describe, expect, it } from 'vitest';
import { type CallOutcome, type ClientEvents, ignoredEvents } from '../../src/upstream/observe.ts';
import { pageRequest } from './bodies.ts';
import { noSignal, startFetchPage, startJsonUpstream, startUpstream } from './fake-upstream.ts';

/** An observer that remembers: calls begun, and outcomes in the order of the ends. */
function remember() {
  const seen = { begun: 0, outcomes: [] as CallOutcome[] };
  const events: ClientEvents = {
    ...ignoredEvents,
    onSent: () => {
      seen.begun += 1;
    },
    onEnded: (_, outcome) => {
      seen.outcomes.push(outcome);
    },
  };
  return { seen, events };
}

const refusal = (code: number) => ({ errors: [{ status: false, code, message: 'no' }] });

describe('an observer of calls', () => {
  it.each([
    [8015, 'NO_SUCH_CUSTOMER'],
    [8069, 'CUSTOMER_MERGED'],
    [9003, 'UPSTREAM_UNAVAILABLE'],
  ])('sees upstream code %s end as %s', async (code, outcome) => {
    const { seen, events } = remember();
    const upstream = await startJsonUpstream(refusal(code), 400);
    const fetchPage = startFetchPage(upstream.url, { events });
    await fetchPage(pageRequest(), noSignal()).catch(() => null);
    expect(seen).toEqual({ begun: 1, outcomes: [outcome] });
    expect(upstream.calls).toHaveLength(1);
  });

  it('sees a deadline as UPSTREAM_TIMEOUT', async () => {
    const { seen, events } = remember();
    const upstream = await startUpstream(() => undefined);
    const fetchPage = startFetchPage(upstream.url, { events, timeoutMs: 20 });
    await expect(fetchPage(pageRequest(), noSignal())).rejects.toThrow();
    await expect.poll(() => seen).toEqual({ begun: 1, outcomes: ['UPSTREAM_TIMEOUT'] });
  });

  it('sees a caller who went away as CANCELLED', async () => {
    const { seen, events } = remember();
    const leaver = new AbortController();
    const upstream = await startUpstream(() => leaver.abort(new Error('left')));
    const fetchPage = startFetchPage(upstream.url, { events });
    await expect(fetchPage(pageRequest(), leaver.signal)).rejects.toThrow('left');
    await expect.poll(() => seen).toEqual({ begun: 1, outcomes: ['CANCELLED'] });
  });

  it('sees only calls that go out, not those whose caller had left before', async () => {
    const { seen, events } = remember();
    const upstream = await startJsonUpstream(refusal(8015), 400);
    const fetchPage = startFetchPage(upstream.url, { events });
    await expect(fetchPage(pageRequest(), AbortSignal.abort())).rejects.toThrow();
    expect([seen.begun, upstream.calls.length]).toEqual([0, 0]);
  });
});
