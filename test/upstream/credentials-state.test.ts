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

  it('forgets it with the first call that is let in, and for no other failure', async () => {
    const state = createCredentialsState(() => 0);
    await expect(state.watch(refuse)).rejects.toThrow('no');
    await expect(state.watch(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(state.areRefused()).toBe(true);
    await state.watch(async () => null);
    expect(state.areRefused()).toBe(false);
  });
});
