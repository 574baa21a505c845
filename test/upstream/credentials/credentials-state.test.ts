/** Whether the gateway's own credentials are taken, as calls have shown. */

import { describe, expect, it } from 'vitest';
import { createCredentialsState } from '../../../src/upstream/credentials/credentials-state.ts';
import { CallFailure, type FailureFacts } from '../../../src/upstream/failure.ts';
import { decodeAnswer } from '../../../src/upstream/rest/decode.ts';

const start = () => {
  const clock = { now: 0 };
  const state = createCredentialsState(() => clock.now);
  const fail = (error: Error, question = 'q', requestId = `for ${question}`) =>
    state.addFailure({ question, requestId }, error);
  const refuse = (...questions: readonly string[]) => {
    for (const question of questions) fail(questionRefused(403), question);
  };
  const succeed = state.addAnswer;
  return { clock, state, fail, refuse, succeed };
};

/** What a page call's 401 or 403 becomes with the gateway's own credentials. */
const questionRefused = (status: number): Error => {
  try {
    const answer = { status, body: '', retryAfter: undefined, date: undefined };
    decodeAnswer(answer, { credentialsOwner: 'gateway', wallNow: 0, sent: {} });
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a refusal');
};

const keyRefused = (facts: Partial<FailureFacts> = {}) =>
  new CallFailure('UPSTREAM_UNAUTHORIZED', 'no', { blames: 'key', ...facts });

describe('refused questions', () => {
  it.each([401, 403])('count when three different ones were answered %i over five seconds', (status) => {
    const { clock, state, fail } = start();
    for (const [at, question] of [
      [0, 'a'],
      [4000, 'b'],
      [4999, 'c'],
      [5000, 'c'],
    ] as const) {
      expect(state.areRefused()).toBe(false);
      clock.now = at;
      fail(questionRefused(status), question);
    }
    expect(state.areRefused()).toBe(true);
  });

  it('do not count within the first seconds, however many there are', () => {
    const { clock, state, refuse } = start();
    for (clock.now = 0; clock.now < 5000; clock.now += 100) refuse('a', 'b', 'c', 'd');
    expect(state.areRefused()).toBe(false);
  });

  it('do not count while all are of one request, however long it takes', () => {
    const { clock, state, fail } = start();
    for (clock.now = 0; clock.now < 30_000; clock.now += 1000)
      fail(questionRefused(403), `question at ${clock.now}`, 'one');
    expect(state.areRefused()).toBe(false);
    fail(questionRefused(403), 'q', 'another');
    expect(state.areRefused()).toBe(true);
  });

  it('do not count while one call in a few seconds is answered, however fast refusals come', () => {
    const { clock, state, refuse, succeed } = start();
    for (clock.now = 0; clock.now < 60_000; clock.now += 250) {
      refuse(`a ${clock.now}`, `b ${clock.now}`, `c ${clock.now}`);
      if (clock.now % 4000 === 0) succeed();
      expect(state.areRefused()).toBe(false);
    }
  });

  it('count once for one question, however often and long it is asked', () => {
    const { clock, state, refuse } = start();
    for (clock.now = 0; clock.now < 60_000; clock.now += 1000) refuse('a', 'b');
    expect(state.areRefused()).toBe(false);
  });

  it('count from zero again after a call was answered', () => {
    const { clock, state, refuse, succeed, fail } = start();
    refuse('a', 'b');
    succeed();
    clock.now = 10_000;
    refuse('c');
    fail(new CallFailure('UPSTREAM_REJECTED', 'm', { upstreamCode: 1632 }));
    refuse('d', 'e');
    clock.now = 20_000;
    refuse('e');
    expect(state.areRefused()).toBe(false);
    refuse('f');
    expect(state.areRefused()).toBe(true);
  });

  it('still count after a failure, or a refusal that a proxy may have given', () => {
    const { clock, state, refuse, fail } = start();
    refuse('a', 'b');
    fail(new Error('down'));
    fail(new CallFailure('UPSTREAM_REJECTED', 'status 404', { blames: 'edge' }));
    clock.now = 5000;
    refuse('c');
    expect(state.areRefused()).toBe(true);
  });

  it('count for half a minute, so that a gateway without traffic becomes ready again', () => {
    const { clock, state, refuse } = start();
    refuse('a', 'b');
    clock.now = 5000;
    refuse('c');
    clock.now = 34_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 35_000;
    expect(state.areRefused()).toBe(false);
    refuse('a');
    expect(state.areRefused()).toBe(true);
  });
});

describe('a refusal by the token endpoint', () => {
  it('counts at once, for half a minute', () => {
    const { clock, state, fail } = start();
    fail(keyRefused());
    clock.now = 29_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 30_000;
    expect(state.areRefused()).toBe(false);
  });

  it('counts once, however long and often it is reported again without a call', () => {
    const { clock, state, fail } = start();
    fail(keyRefused());
    for (clock.now = 0; clock.now < 30_000; clock.now += 1000) {
      fail(keyRefused({ sent: false }));
      expect(state.areRefused()).toBe(true);
    }
    fail(keyRefused({ sent: false }));
    expect(state.areRefused()).toBe(false);
    fail(keyRefused());
    expect(state.areRefused()).toBe(true);
  });

  it('is forgotten at the first call that is answered, and after no other failure', () => {
    const { state, fail, succeed } = start();
    fail(keyRefused());
    fail(new Error('down'));
    expect(state.areRefused()).toBe(true);
    succeed();
    expect(state.areRefused()).toBe(false);
  });
});
