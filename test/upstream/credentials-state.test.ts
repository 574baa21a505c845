/** Whether the gateway's own credentials are taken, as calls have told. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createCredentialsState } from '../../src/upstream/credentials-state.ts';

const refuse = async (): Promise<never> => {
  throw new GatewayError('UPSTREAM_UNAUTHORIZED', 'no');
};

describe('createCredentialsState', () => {
  it('holds a refusal against them for half a minute, so that a gateway without traffic offers itself again', async () => {
    const clock = { now: 0 };
    const state = createCredentialsState(() => clock.now);
    expect(state.areRefused()).toBe(false);
    await expect(state.watch(refuse)).rejects.toThrow('no');
    clock.now = 29_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 30_000;
    expect(state.areRefused()).toBe(false);
  });

  it('counts one refusal once, however long and often it is told again without a call', async () => {
    const clock = { now: 0 };
    const state = createCredentialsState(() => clock.now);
    const refusal = new GatewayError('UPSTREAM_UNAUTHORIZED', 'no');
    for (clock.now = 0; clock.now < 30_000; clock.now += 1000) {
      await expect(state.watch(() => Promise.reject(refusal))).rejects.toBe(refusal);
      expect(state.areRefused()).toBe(true);
    }
    await expect(state.watch(() => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(state.areRefused()).toBe(false);
    await expect(state.watch(refuse)).rejects.toThrow('no'); // Another one.
    expect(state.areRefused()).toBe(true);
  });

  it('knows it again, for the rest of its half minute, when it is told after a call that was let in', async () => {
    const clock = { now: 0 };
    const state = createCredentialsState(() => clock.now);
    const refusal = new GatewayError('UPSTREAM_UNAUTHORIZED', 'no');
    const tell = () => expect(state.watch(() => Promise.reject(refusal))).rejects.toBe(refusal);
    await tell();
    clock.now = 1000;
    await state.watch(async () => null); // With a token that was still good.
    expect(state.areRefused()).toBe(false);
    await tell();
    clock.now = 29_999;
    expect(state.areRefused()).toBe(true);
    clock.now = 30_000;
    expect(state.areRefused()).toBe(false);
  });

  it('forgets it with the first call that is let in, and for no other failure', async () => {
    const state = createCredentialsState(() => 0);
    await expect(state.watch(refuse)).rejects.toThrow('no');
    await expect(state.watch(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(state.areRefused()).toBe(true);
    await state.watch(async () => null);
    expect(state.areRefused()).toBe(false);
  });
});
