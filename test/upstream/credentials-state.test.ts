/** Whether the gateway's own credentials are taken, as calls have shown. */

import { describe, expect, it } from 'vitest';
import { createCredentialsState } from '../../src/upstream/credentials-state.ts';
import { decodeAnswer } from '../../src/upstream/decode.ts';
import { CallFailure, type FailureFacts } from '../../src/upstream/failure.ts';

const start = () => {
  const clock = { now: 0 };
  const state = createCredentialsState(() => clock.now);
  const fail = (error: Error, question = 'q', requestId = `for ${question}`) =>
    expect(state.watch({ question, requestId }, () => Promise.reject(error))).rejects.toBe(error);
  const refuse = (...questions: readonly string[]) =>
    Promise.all(questions.map((question) => fail(questionRefused(403), question)));
  const succeed = () => state.watch({ question: 'good', requestId: 'good' }, async () => null);
  return { clock, state, fail, refuse, succeed };
};

/** What a page call's 401 or 403 becomes with the gateway's own credentials. */
const questionRefused = (status: number): Error => {
  try {
    const answer = { status, body: '', retryAfter: undefined, date: undefined };
    decodeAnswer(answer, { credentialsOwner: 'gateway', now: 0, clean: (text) => text });
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a refusal');
};

const keyRefused = (facts: Partial<FailureFacts> = {}) =>
  new CallFailure('UPSTREAM_UNAUTHORIZED', 'no', { blames: 'key', ...facts });

describe('refused questions', () => {
  it.each([401, 403])(
    'count when three different ones were answered %i over five seconds',
    async (status) => {
      const { clock, state, fail } = start();
      for (const [at, question] of [
        [0, 'a'],
        [4000, 'b'],
        [4999, 'c'],
        [5000, 'c'],
      ] as const) {
        expect(state.areRefused()).toBe(false);
        clock.now = at;
        await fail(questionRefused(status), question);
      }
      expect(state.areRefused()).toBe(true);
    },
  );

  it('do not count at once, however many they are', async () => {
    const { clock, state, refuse } = start();
    for (clock.now = 0; clock.now < 5000; clock.now += 100) await refuse('a', 'b', 'c', 'd');
    expect(state.areRefused()).toBe(false);
  });

  it('do not count while they are those of one request, however long it goes on', async () => {
    const { clock, state, fail } = start();
    for (clock.now = 0; clock.now < 30_000; clock.now += 1000)
      await fail(questionRefused(403), `question at ${clock.now}`, 'one');
    expect(state.areRefused()).toBe(false);
    await fail(questionRefused(403), 'q', 'another');
    expect(state.areRefused()).toBe(true);
  });

  it('do not count while one question in a few seconds is let in, however fast they come', async () => {
    const { clock, state, refuse, succeed } = start();
    for (clock.now = 0; clock.now < 60_000; clock.now += 250) {
      await refuse(`a ${clock.now}`, `b ${clock.now}`, `c ${clock.now}`);
      if (clock.now % 4000 === 0) await succeed();
      expect(state.areRefused()).toBe(false);
    }
  });

  it('count once for one question, however often and long it is asked', async () => {
    const { clock, state, refuse } = start();
    for (clock.now = 0; clock.now < 60_000; clock.now += 1000) await refuse('a', 'b');
    expect(state.areRefused()).toBe(false);
  });

  it('count from anew after a call that was let in', async () => {
    const { clock, state, refuse, succeed, fail } = start();
    await refuse('a', 'b');
    await succeed();
    clock.now = 10_000;
    await refuse('c');
    await fail(new CallFailure('UPSTREAM_REJECTED', 'm', { upstreamCode: 1632 }));
    await refuse('d', 'e');
    clock.now = 20_000;
    await refuse('e');
    expect(state.areRefused()).toBe(false);
    await refuse('f');
    expect(state.areRefused()).toBe(true);
  });

  it('still count after a failure, or a refusal that a proxy may have given', async () => {
    const { clock, state, refuse, fail } = start();
    await refuse('a', 'b');
    await fail(new Error('down'));
    await fail(new CallFailure('UPSTREAM_REJECTED', 'status 404', { blames: 'door' }));
    clock.now = 5000;
    await refuse('c');
    expect(state.areRefused()).toBe(true);
  });

  it('count for half a minute, so that a gateway without traffic offers itself again', async () => {
    const { clock, state, refuse } = start();
    await refuse('a', 'b');
    clock.now = 5000;
    await refuse('c');
    clock.now = 34_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 35_000;
    expect(state.areRefused()).toBe(false);
    await refuse('a');
    expect(state.areRefused()).toBe(true);
  });
});

describe('a refusal by the token endpoint', () => {
  it('counts at once, for half a minute', async () => {
    const { clock, state, fail } = start();
    await fail(keyRefused());
    clock.now = 29_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 30_000;
    expect(state.areRefused()).toBe(false);
  });

  it('counts once, however long and often it is reported again without a call', async () => {
    const { clock, state, fail } = start();
    await fail(keyRefused());
    for (clock.now = 0; clock.now < 30_000; clock.now += 1000) {
      await fail(keyRefused({ sent: false }));
      expect(state.areRefused()).toBe(true);
    }
    await fail(keyRefused({ sent: false }));
    expect(state.areRefused()).toBe(false);
    await fail(keyRefused());
    expect(state.areRefused()).toBe(true);
  });

  it('is forgotten with the first call that is let in, and for no other failure', async () => {
    const { state, fail, succeed } = start();
    await fail(keyRefused());
    await fail(new Error('down'));
    expect(state.areRefused()).toBe(true);
    await succeed();
    expect(state.areRefused()).toBe(false);
  });
});
