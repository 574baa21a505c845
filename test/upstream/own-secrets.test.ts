/** Credentials that an upstream quotes. */

import { describe, expect, it } from 'vitest';
import { createBasicCredentials } from '../../src/upstream/credentials.ts';
import { withoutSecrets } from '../../src/upstream/own-secrets.ts';
import { failureBody, pageRequest, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream } from './fake-upstream.ts';

describe('an answer', () => {
  it.each([
    ['Basic dXNlcjpwYXNz', 'no user Basic dXNlcjpwYXNz here', 'no user Basic … here'],
    ['Basic a/b+c/d==', 'no a\\/b+c\\/d== here', 'no … here'],
    ['Basic YTpi', 'the text YTpi is no secret', 'the text YTpi is no secret'],
    ['bare-token-1', 'bare-token-1, bare-token-1', '…, …'],
  ])('signed with %s that says %j is read as %j', (authorization, text, read) => {
    expect(withoutSecrets(text, { authorization })).toBe(read);
  });

  it('is as it came when its call was not signed, or quotes nothing', () => {
    expect(withoutSecrets('anything', {})).toBe('anything');
    expect(withoutSecrets('anything', { 'x-cap-api-oauth-token': 'some-other-token' })).toBe('anything');
  });
});

describe('a client with credentials of its own', () => {
  const credentials = createBasicCredentials('till.user', 'a long password');
  const { authorization = '' } = credentials.headersFor(new Headers(), () => 0) as Record<string, string>;

  it('tells nobody what it called with, be it quoted in a refusal or in a warning', async () => {
    const refusing = await startJsonUpstream(failureBody(1632, `refused for ${authorization}`), 400);
    const call = (url: string) =>
      startClient(url, { credentials }).forCaller(callerWith())(pageRequest(), noSignal());
    const told: Error = await call(refusing.url).then(
      () => Promise.reject(new Error('answered')),
      (error) => error,
    );
    expect(told).toMatchObject({ code: 'UPSTREAM_REJECTED', message: 'refused for Basic …' });
    const warning = await startJsonUpstream({ ...successBody(), warnings: [`seen ${authorization}`] });
    expect((await call(warning.url))?.warnings).toEqual([{ code: null, message: 'seen Basic …' }]);
  });
});
