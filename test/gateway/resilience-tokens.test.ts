/** The life of a token through the whole gateway: fewest token calls, no caller affected, no secret shown. */

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, oauthEnv, startHarness } from './harness.ts';
import { byMobile, customerNumber, mobiles, threeMembers } from './members.ts';

const identifiers = [mobiles.twelve, mobiles.three, mobiles.gaps].map(byMobile);
const one = { identifier: identifiers[0] as ReturnType<typeof byMobile> };
const found = { data: { customer: { userId: mobiles.twelve } } };

/** Asks for three customers at once, each a call of its own. */
const askAll = (harness: Harness) =>
  Promise.all(identifiers.map((identifier) => harness.ask(details, { identifier })));

const readiness = async (harness: Harness) => {
  const response = await harness.gateway.fetch(new Request('http://gateway.test/readyz'));
  return [response.status, (await response.json()).status];
};

describe('key and secret', () => {
  it('get one token for any number of callers, and only the token goes upstream', async () => {
    const harness = await startHarness({ members: threeMembers }, oauthEnv);
    const answers = await askAll(harness);
    expect(answers.flatMap(errorsOf)).toEqual([]);
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([3, 1]);
    const [call] = harness.sandbox.calls();
    expect(call?.credential).toBe(`oauth:${demoCredentials.oauth.key}`);
    expect(call?.headers.authorization).toBeUndefined();
  });

  it('get a new token when all tokens are revoked, and every caller is served', async () => {
    const harness = await startHarness({ members: threeMembers }, oauthEnv);
    await harness.ask(details, one);
    harness.sandbox.revokeTokens();
    const answers = await askAll(harness);
    expect(answers.flatMap(errorsOf)).toEqual([]);
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([7, 2]);
  });

  it('use the old token while the token endpoint fails', async () => {
    const harness = await startHarness({ members: threeMembers }, oauthEnv);
    await harness.ask(details, one);
    harness.sandbox.setFaults([{ kind: 'server-error', endpoint: 'token' }]);
    expect(await harness.ask(details, one)).toMatchObject(found);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('that cannot be exchanged are UPSTREAM_UNAVAILABLE, without a call for a page', async () => {
    const harness = await startHarness({ members: threeMembers }, oauthEnv);
    harness.sandbox.setFaults([{ kind: 'server-error', endpoint: 'token' }]);
    expect(errorsOf(await harness.ask(details, one))).toEqual([['UPSTREAM_UNAVAILABLE', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('that cannot be exchanged are not tried again for each caller', async () => {
    const harness = await startHarness({ members: threeMembers }, oauthEnv);
    harness.sandbox.setFaults([{ kind: 'server-error', endpoint: 'token' }]);
    for (let asked = 0; asked < 20; asked += 1) {
      expect(errorsOf(await harness.ask(details, one))).toEqual([['UPSTREAM_UNAVAILABLE', 'customer']]);
    }
    expect(harness.sandbox.tokenCalls().length).toBeLessThan(10);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('that fail to be exchanged once are tried again within the retries of a call', async () => {
    const harness = await startHarness({ members: threeMembers }, { ...oauthEnv, UPSTREAM_RETRIES: '5' });
    harness.sandbox.setFaults([{ kind: 'server-error', endpoint: 'token', times: 1 }]);
    expect(await harness.ask(details, one)).toMatchObject(found);
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([1, 2]);
  });

  it('that are refused are reported to every caller and by /readyz, and stand in no log line', async () => {
    const secret = 'SECRET-never-shown';
    const harness = await startHarness(
      { members: threeMembers },
      { ...oauthEnv, UPSTREAM_OAUTH_SECRET: secret },
    );
    expect(await readiness(harness)).toEqual([200, 'ready']);
    const answers = await askAll(harness);
    expect(answers.flatMap(errorsOf)).toEqual(
      Array.from({ length: 3 }, () => ['UPSTREAM_UNAUTHORIZED', 'customer']),
    );
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([0, 1]);
    expect(await readiness(harness)).toEqual([503, 'service credentials refused']);
    const shown = JSON.stringify([answers, harness.logLines]);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(demoCredentials.oauth.key);
  });
});

/** Stops the monotonic clock until the test moves it. Timers go on. */
const passTimeByHand = () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
};

describe('readiness', () => {
  it('stays up when many customers are refused, in one request or in many at once', async () => {
    const harness = await startHarness({ members: threeMembers });
    passTimeByHand();
    harness.sandbox.setFaults([{ kind: 'forbidden' }]);
    const query = `{ ${[1, 2, 3].map((n) => `c${n}: customer(identifier: { name: MOBILE, value: "${n}" }) { userId }`).join(' ')} }`;
    for (let tries = 1; tries <= 4; tries += 1) {
      expect(errorsOf(await harness.ask(query)).map(([code]) => code)).toEqual(
        Array(3).fill('UPSTREAM_UNAUTHORIZED'),
      );
      expect(await readiness(harness)).toEqual([200, 'ready']);
      expect(harness.sandbox.callCount()).toBe(3 * tries);
    }
  });

  it('drops when user and password are refused for a while, and comes back with the first call that succeeds', async () => {
    const harness = await startHarness({ members: threeMembers });
    passTimeByHand();
    harness.sandbox.setFaults([{ kind: 'unauthorized' }]);
    for (const number of [1, 2, 3]) {
      expect(await readiness(harness)).toEqual([200, 'ready']);
      const answer = await harness.ask(details, { identifier: customerNumber(number) });
      expect(errorsOf(answer)).toEqual([['UPSTREAM_UNAUTHORIZED', 'customer']]);
      vi.advanceTimersByTime(2500);
    }
    expect(await readiness(harness)).toEqual([503, 'service credentials refused']);
    harness.sandbox.setFaults([]);
    expect(await harness.ask(details, one)).toMatchObject(found);
    expect(await readiness(harness)).toEqual([200, 'ready']);
    expect(harness.sandbox.callCount()).toBe(4);
  });

  it.each(['unauthorized', 'forbidden'] as const)(
    'stays when one question is %s, however often it is asked',
    async (kind) => {
      const harness = await startHarness({ members: threeMembers });
      harness.sandbox.setFaults([{ kind }]);
      for (let tries = 0; tries < 5; tries += 1) {
        const answer = await harness.ask(details, { identifier: byMobile('<script>') });
        expect(errorsOf(answer)).toEqual([['UPSTREAM_UNAUTHORIZED', 'customer']]);
      }
      expect(await readiness(harness)).toEqual([200, 'ready']);
      expect(harness.sandbox.callCount()).toBe(5);
    },
  );

  it('stays up when callers’ own credentials are refused', async () => {
    const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };
    const harness = await startHarness({ members: threeMembers }, forward);
    for (const number of [1, 2, 3, 4]) {
      const answer = await harness.ask(details, { identifier: customerNumber(number) });
      expect(errorsOf(answer)).toEqual([['UNAUTHENTICATED', 'customer']]);
    }
    expect(await readiness(harness)).toEqual([200, 'ready']);
    expect(harness.sandbox.callCount()).toBe(4);
  });
});
