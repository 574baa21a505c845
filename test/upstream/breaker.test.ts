/** When calls are refused, and who goes on being served. */

import { describe, expect, it } from 'vitest';
import { pending, startBreaker, startBroken, startBrokenForAll } from './breaker-stage.ts';

describe('a breaker', () => {
  it('opens when ten questions of several requests failed and none was answered', async () => {
    const { breaker, repeat } = startBreaker();
    await repeat('well', 100);
    await repeat('failing', 9);
    expect(breaker.state()).toBe('closed');
    await repeat('failing', 1);
    expect(breaker.state()).toBe('open');
  });

  it('counts a question once, however often it is asked', async () => {
    const { breaker, repeat } = startBreaker();
    await repeat('failing', 9);
    await repeat('failing', 100, { question: 'one' });
    expect(breaker.state()).toBe('open');
    const other = startBreaker();
    await other.repeat('failing', 100, { question: 'one' });
    expect(other.breaker.state()).toBe('closed');
  });

  it('stays closed for one request, however much it asks', async () => {
    const { breaker, repeat } = startBreaker();
    await repeat('failing', 50, { requestId: 'one' });
    expect(breaker.state()).toBe('closed');
  });

  it('stays closed while questions are answered in between', async () => {
    const { breaker, repeat, end } = startBreaker();
    for (let round = 0; round < 20; round += 1) {
      await repeat('failing', 9);
      await end('well');
    }
    expect(breaker.state()).toBe('closed');
  });

  it('stays closed while failures say nothing of the upstream', async () => {
    const { breaker, repeat } = startBreaker();
    await repeat('unknown', 100);
    await repeat('there', 100);
    expect(breaker.state()).toBe('closed');
  });

  it('forgets failures after half a minute', async () => {
    const { clock, breaker, repeat } = startBreaker();
    await repeat('failing', 9);
    clock.now = 30_000;
    await repeat('failing', 9);
    expect(breaker.state()).toBe('closed');
  });

  it('reports every call that it refuses, and none that it makes', async () => {
    const { breaker, made, asked, end } = await startBroken();
    expect(made).toEqual({ calls: 10, refused: 0 });
    await end('well');
    expect(() => breaker.refuseIfOpen(asked())).toThrow();
    expect(made).toEqual({ calls: 10, refused: 2 });
  });

  it('refuses with UPSTREAM_UNAVAILABLE, not to be tried again, without a call', async () => {
    const { made, end } = await startBroken();
    const error = await end('well');
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', again: 'no', sent: false });
    expect(made.calls).toBe(10);
  });
});

describe('a caller whose questions fail', () => {
  it('shuts out itself alone', async () => {
    const { isRefused } = await startBroken();
    expect(await isRefused({ caller: 'a' })).toBe(true);
    expect(await isRefused({ caller: 'b' })).toBe(false);
  });

  it('shuts out nobody together with one other, who may be itself at another address', async () => {
    const { repeat, isRefused } = await startBroken();
    await repeat('failing', 50, { caller: 'b' });
    expect(await isRefused({ caller: 'c' })).toBe(false);
  });

  it('leaves a question that was answered a moment ago to others at its address', async () => {
    const { clock, breaker, repeat, end, isRefused } = startBreaker();
    await end('well', { question: 'good' });
    await repeat('failing', 10);
    expect(await isRefused({ question: 'good' })).toBe(false);
    expect(await isRefused({ question: 'new' })).toBe(true);
    await end('well', { question: 'good' });
    expect(breaker.state()).toBe('closed');
    await repeat('failing', 10);
    clock.now = 30_000;
    await end('failing');
    expect(await isRefused({ question: 'good' })).toBe(true);
  });

  it('no longer holds the breaker open for all to see once others are answered', async () => {
    const { breaker, end, isRefused } = await startBroken();
    await end('well', { caller: 'b' });
    expect(breaker.state()).toBe('closed');
    expect(await isRefused({ caller: 'a' })).toBe(true);
  });
});

describe('an outage', () => {
  it('shuts out everybody once ten questions of three callers failed', async () => {
    const { made, isRefused } = await startBrokenForAll();
    expect(made.calls).toBe(10);
    expect(await isRefused({ caller: 'd' })).toBe(true);
  });

  it('costs each question that was answered a moment ago one call more', async () => {
    const { end, isRefused, made } = startBreaker();
    await end('well', { question: 'good' });
    for (const caller of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a']) await end('failing', { caller });
    await end('failing', { question: 'good', caller: 'd' });
    expect(await isRefused({ question: 'good', caller: 'd' })).toBe(true);
    expect(made.calls).toBe(12);
  });

  it('ends for everybody with the first answer, also of a call that was under way when it began', async () => {
    const { breaker, asked, end, isRefused } = startBreaker();
    const early = pending((call) => breaker.run(asked({ caller: 'a' }), call, () => 'unknown'));
    for (const caller of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a']) await end('failing', { caller });
    expect(await isRefused({ caller: 'd' })).toBe(true);
    early.succeed();
    await early.ended;
    expect(await isRefused({ caller: 'd' })).toBe(false);
    expect(breaker.state()).toBe('closed');
  });
});
