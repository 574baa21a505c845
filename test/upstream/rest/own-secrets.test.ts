/** Credentials that an upstream quotes. */

import { describe, expect, it } from 'vitest';
import { createBasicCredentials } from '../../../src/upstream/credentials/credentials.ts';
import { withoutSecrets } from '../../../src/upstream/rest/public-message.ts';
import { entryBody, failureBody, pageRequest, successBody } from '../bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream } from '../fake-upstream.ts';

describe('a text', () => {
  it.each([
    ['Basic dXNlcjpwYXNz', 'no user Basic dXNlcjpwYXNz here', 'no user Basic … here'],
    ['Basic a/b+c/d==', 'no a/b+c/d== here', 'no … here'],
    ['Basic YTpi', 'the text YTpi is no secret', 'the text YTpi is no secret'],
    ['bare-token-1', 'bare-token-1, bare-token-1', '…, …'],
  ])('signed with %s that says %j becomes %j', (authorization, text, read) => {
    expect(withoutSecrets(text, { authorization })).toBe(read);
  });

  it('is as it came when its call was not signed, or quotes nothing', () => {
    expect(withoutSecrets('anything', {})).toBe('anything');
    expect(withoutSecrets('anything', { 'x-cap-api-oauth-token': 'some-other-token' })).toBe('anything');
  });
});

describe('a client with credentials of its own', () => {
  const credentials = createBasicCredentials('till.user', 'a long password');
  const { authorization = '' } = credentials.headersFor(new Headers(), 0) as Record<string, string>;

  it('never shows its credentials, even if a refusal or a warning quotes them', async () => {
    const refusing = await startJsonUpstream(failureBody(1632, `refused for ${authorization}`), 400);
    const call = (url: string) =>
      startClient(url, { credentials }).forCaller(callerWith())(pageRequest(), noSignal());
    const refusal: Error = await call(refusing.url).then(
      () => Promise.reject(new Error('answered')),
      (error) => error,
    );
    expect(refusal).toMatchObject({ code: 'UPSTREAM_REJECTED', message: 'refused for Basic …' });
    const warning = await startJsonUpstream({ ...successBody(), warnings: [`seen ${authorization}`] });
    expect((await call(warning.url))?.warnings).toEqual([{ code: null, message: 'seen Basic …' }]);
  });
});

describe('a caller that chooses its credential', () => {
  const readWith = (headers: Readonly<Record<string, string>>, body: unknown) =>
    startJsonUpstream(body).then(({ url }) =>
      startClient(url).forCaller(callerWith({ headers: new Headers(headers) }))(pageRequest(), noSignal()),
    );

  it.each(['ledgerDetails', 'closingBalance', 'customerDetails'])(
    'changes nothing of what an answer says by calling it %s',
    async (token) => {
      const page = await readWith({ 'x-cap-api-oauth-token': token }, successBody());
      expect(page).toEqual(await readWith({}, successBody()));
    },
  );

  it('keeps every name and digit', async () => {
    const body = successBody(
      { ledgerClosingBalance: [entryBody({ closingBalance: '12345678.90' })] },
      { firstName: 'Alexandra' },
    );
    for (const token of ['12345678', 'Alexandra', '502522264']) {
      expect(await readWith({ authorization: `Bearer ${token}` }, body)).toMatchObject({
        details: { userId: '502522264', firstName: 'Alexandra' },
        entries: [{ closingBalance: '12345678.90' }],
      });
    }
  });
});
