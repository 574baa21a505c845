/** However a caller spells its credentials, no more calls are charged to them than their budget has. */

import { describe, expect, it } from 'vitest';
import { createWindowBudget } from '../../../src/upstream/budget/window-budget.ts';
import { forwardCredentials } from '../../../src/upstream/credentials/credentials.ts';
import { pageRequest, successBody } from '../bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream } from '../fake-upstream.ts';

const tokenHeader = 'x-cap-api-oauth-token';
type Sent = Readonly<Record<string, string>>;

const nameOf = (sent: Sent) => forwardCredentials.budgetOf(new Headers(sent));
const problemOf = (sent: Sent) => forwardCredentials.headersProblem(new Headers(sent));
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const basicLatin1 = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;

/** `till:pass?>` in base64: both alphabets differ in it, and it needs padding. */
const encoded = 'dGlsbDpwYXNzPz4=';
const jwt = 'aGVhZA.Y2xhaW1z.c2lnbmF0dXJl';
const jwtWithIdleBits = 'aGVhZA.Y2xhaW1z.c2lnbmF0dXI';

/** Ways to write one credential that are taken. */
const spellings: Readonly<Record<string, readonly Sent[]>> = {
  'user and password': [
    { authorization: `Basic ${encoded}` },
    { authorization: `basic ${encoded}` },
    { authorization: `BASIC ${encoded}` },
    { authorization: `Basic ${encoded.replace('=', '')}` },
    { authorization: `Basic ${encoded}==` },
    { authorization: `Basic ${encoded.replace('4=', '5=')}` },
    { authorization: `Basic ${encoded.replace('/', '_')}` },
    { authorization: basic('TILL:pass?>') },
  ],
  'a token': [
    { [tokenHeader]: jwt },
    { [tokenHeader]: `${jwt}==` },
    { authorization: `Bearer ${jwt}` },
    { authorization: `bearer ${jwt}` },
    { authorization: basic('a:p'), [tokenHeader]: jwt },
  ],
  'a token whose last character has idle bits': ['I', 'J', 'K', 'L'].map((last) => ({
    [tokenHeader]: jwtWithIdleBits.replace(/I$/, last),
  })),
  'another scheme': [{ authorization: 'Digest abc' }, { authorization: 'DIGEST abc=' }],
  'a user that is not written in ASCII': [
    { authorization: basic('Ärzte:p') },
    { authorization: basic('ärzte:p') },
    { authorization: basicLatin1('ÄRZTE:p') },
  ],
  'no credentials': [{}, { authorization: '' }, { [tokenHeader]: '' }],
};

describe.each(Object.entries(spellings))('%s', (_, all) => {
  it('is taken, and has the same budget however it is spelled', () => {
    expect(all.map(problemOf)).toEqual(all.map(() => undefined));
    expect(new Set(all.map(nameOf)).size).toBe(1);
  });

  it('shares it with no other', () => {
    const others = Object.values(spellings).filter((one) => one !== all);
    const names = all.map(nameOf);
    for (const [other = {}] of others) expect(names).not.toContain(nameOf(other));
  });
});

describe('a credential in another spelling', () => {
  it.each([
    ['two spaces', { authorization: `Basic  ${encoded}` }],
    ['a tab', { authorization: `Basic\t${encoded}` }],
    ['no scheme', { authorization: encoded }],
    ['a scheme alone', { authorization: 'Basic' }],
    ['a word behind it', { authorization: `Basic ${encoded} junk` }],
    ['a word before it', { authorization: `junk Basic ${encoded}` }],
    ['a space in it', { authorization: `Basic ${encoded.slice(0, 5)} ${encoded.slice(5)}` }],
    ['two values', { authorization: `Basic ${encoded}, Basic ${encoded}` }],
    ['padding in the middle', { authorization: `Basic ${encoded}anVuaw` }],
    ['parameters', { authorization: 'Digest username="a"' }],
    ['letters beyond ASCII', { authorization: 'Bearer käse' }],
    ['more than 8 KiB', { authorization: `Bearer ${'a'.repeat(8186)}` }],
    ['a token with a scheme', { [tokenHeader]: `Bearer ${jwt}` }],
    ['a token with JSON in it', { [tokenHeader]: '"ledgerDetails":{' }],
    ['two tokens', { [tokenHeader]: `${jwt}, ${jwt}` }],
    ['a token of more than 8 KiB', { [tokenHeader]: 'a'.repeat(8193) }],
    ['a good token beside it', { authorization: 'junk', [tokenHeader]: jwt }],
  ] as [string, Sent][])('is refused: %s', (_, sent) => {
    const problem = problemOf(sent);
    expect(problem).toMatch(/^`(Authorization|X-CAP-API-OAUTH-TOKEN)` takes/);
    expect(problem).not.toContain(encoded);
    expect(problem).not.toContain(jwt);
  });

  it('is taken up to 8 KiB', () => {
    expect(problemOf({ authorization: `Bearer ${'a'.repeat(8185)}` })).toBeUndefined();
    expect(problemOf({ [tokenHeader]: 'a'.repeat(8192) })).toBeUndefined();
  });
});

describe('attribution and language', () => {
  const attributions = (count: number, value = 'v') =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`x-cap-api-attribution-${index}`, value]),
    );

  it('are taken up to their bounds', () => {
    expect(
      problemOf({ ...attributions(16, 'v'.repeat(256)), 'accept-language': 'd'.repeat(256) }),
    ).toBeUndefined();
  });

  it.each([
    ['seventeen headers', attributions(17)],
    ['a long value', attributions(1, 'v'.repeat(257))],
    ['a long name', { [`x-cap-api-attribution-${'n'.repeat(128)}`]: 'v' }],
    ['a long language', { 'accept-language': 'd'.repeat(257) }],
  ] as [string, Sent][])('are refused beyond them: %s', (_, sent) => {
    expect(problemOf(sent)).toMatch(/^`(Accept-Language|X-CAP-API-ATTRIBUTION-\*)` takes up to/);
  });
});

describe('a budget', () => {
  it.each([
    ['users', basic('a:p'), basic('b:p')],
    ['passwords', basic('a:p'), basic('a:P')],
    ['passwords with colons', basic('a:p:q'), basic('a:p:Q')],
    ['passwords that are not written in ASCII', basic('a:Ä'), basic('a:ä')],
    ['bytes that are no UTF-8', basicLatin1('Ä:p'), basicLatin1('Ö:p')],
    ['words without a colon', basic('a1'), basic('a2')],
    ['bearer tokens', 'Bearer a', 'Bearer A'],
    ['claims', 'Bearer a.b.c2ln', 'Bearer a.c.c2ln'],
    ['schemes', 'Digest a', 'Negotiate a'],
  ])('is not shared between different %s', (_, one, other) => {
    expect(nameOf({ authorization: one })).not.toBe(nameOf({ authorization: other }));
  });

  it('has a name that holds nothing of the credentials', () => {
    expect(nameOf({ authorization: basic('a:p'), [tokenHeader]: jwt })).toMatch(/^[\w-]{43}$/);
  });

  it('never lets more calls out than it has, whatever spellings a caller tries', async () => {
    const upstream = await startJsonUpstream(successBody());
    const budget = createWindowBudget({ callsPerMinute: 2, now: () => 0 });
    const client = startClient(upstream.url, { budget, now: () => 0 });
    const call = (sent: Sent) =>
      client.forCaller(callerWith({ headers: new Headers(sent), deadlineAt: 100 }))(
        pageRequest(),
        noSignal(),
      );
    const outcomes = await Promise.allSettled((spellings['user and password'] ?? []).map(call));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(upstream.calls).toHaveLength(2);
    await expect(call({ authorization: basic('a:p'), [tokenHeader]: jwt })).resolves.not.toBeNull();
    expect(upstream.calls).toHaveLength(3);
    expect(client.budget()).toMatchObject({ credentials: { spent: 1, free: 1 } });
  });
});
