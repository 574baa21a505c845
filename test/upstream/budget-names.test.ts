/** However a caller spells its credentials, no more calls are charged to them than their budget has. */

import { describe, expect, it } from 'vitest';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { forwardCredentials } from '../../src/upstream/credentials.ts';
import { pageRequest, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream } from './fake-upstream.ts';

const tokenHeader = 'x-cap-api-oauth-token';
type Sent = Readonly<Record<string, string>>;

const namesOf = (headers: Sent) => forwardCredentials.budgetsOf(new Headers(headers));
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const basicLatin1 = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;
const mayShare = (one: Sent, other: Sent) => namesOf(one).some((name) => namesOf(other).includes(name));

/** `till:pass?>` in base64: both alphabets differ in it, and it needs padding. */
const encoded = 'dGlsbDpwYXNzPz4=';
const jwt = 'aGVhZA.Y2xhaW1z.c2lnbmF0dXJl';
const jwtWithIdleBits = 'aGVhZA.Y2xhaW1z.c2lnbmF0dXI';

/** Ways to write one credential, the plain one first. */
const spellings: Readonly<Record<string, readonly Sent[]>> = {
  'user and password': [
    { authorization: `Basic ${encoded}` },
    { authorization: `basic ${encoded}` },
    { authorization: `BASIC    ${encoded}` },
    { authorization: `Basic\t${encoded}` },
    { authorization: `, Basic ${encoded}` },
    { authorization: `Basic ${encoded.replace('=', '')}` },
    { authorization: `Basic ${encoded}==` },
    { authorization: `Basic ${encoded.replace('4=', '5=')}` },
    { authorization: `Basic ${encoded.slice(0, 5)} ${encoded.slice(5)}` },
    { authorization: `Basic ${encoded} junk` },
    { authorization: `Basic ${encoded},Basic anVuazpqdW5r` },
    { authorization: `Basic ${encoded}=anVuaw` },
    { authorization: `Basic anVuaw, ${encoded}` },
    { authorization: `Basic anVuaw more ${encoded}` },
    { authorization: `Basic anVuaw,basic ${encoded}` },
    { authorization: `Bearer anVuaw, Basic ${encoded}` },
    { authorization: `junk Basic ${encoded}` },
    { authorization: basic('TILL:pass?>') },
  ],
  'a token': [
    { [tokenHeader]: jwt },
    { [tokenHeader]: `${jwt}==` },
    { [tokenHeader]: `${jwt}, junk` },
    { [tokenHeader]: `junk, ${jwt}` },
    { [tokenHeader]: `junk, more junk ${jwt}` },
    { authorization: `Bearer junk, ${jwt}` },
    { authorization: `Basic anVuaw, Bearer ${jwt}` },
    { authorization: `Bearer ${jwt}` },
    { authorization: `bearer  ${jwt}` },
  ],
  'a token whose last character has idle bits': ['I', 'J', 'K', 'L'].map((last) => ({
    [tokenHeader]: jwtWithIdleBits.replace(/I$/, last),
  })),
  'another scheme': [
    { authorization: 'Digest abc' },
    { authorization: 'DIGEST  abc' },
    { authorization: 'Digest abc junk' },
  ],
  'a user that is not written in ASCII': [
    { authorization: basic('Ärzte:p') },
    { authorization: basic('ärzte:p') },
    { authorization: basic('ÄRZTE:p') },
    { authorization: basicLatin1('Ärzte:p') },
    { authorization: basicLatin1('ärzte:p') },
  ],
  'no credentials': [{}, { authorization: '' }, { [tokenHeader]: '' }, { authorization: ' , ' }],
};

describe.each(Object.entries(spellings))('%s', (_, all) => {
  it('has the same budget however it is spelled', () => {
    const [plain = {}] = all;
    expect(all.filter((spelling) => !mayShare(plain, spelling))).toEqual([]);
  });

  it('shares it with no other', () => {
    const others = Object.values(spellings).filter((one) => one !== all);
    for (const [other = {}] of others) expect(all.filter((one) => mayShare(one, other))).toEqual([]);
  });
});

/** A client for which each credential has two calls a minute, and time stands still. */
const startBudgeted = async () => {
  const upstream = await startJsonUpstream(successBody());
  const budget = createInProcessBudget({ callsPerMinute: 2, now: () => 0 });
  const client = startClient(upstream.url, { budget, monotonicNow: () => 0 });
  const call = (sent: Sent) =>
    client.forCaller(callerWith({ headers: new Headers(sent), deadlineAt: () => 100 }))(
      pageRequest(),
      noSignal(),
    );
  return { upstream, client, call };
};

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
    expect(mayShare({ authorization: one }, { authorization: other })).toBe(false);
  });

  it('is that of both headers where there are two, so that junk in either brings no fresh one', () => {
    const [junk, moreJunk] = [{ [tokenHeader]: 'j1' }, { [tokenHeader]: 'j2' }];
    const good = { authorization: basic('a:p') };
    expect(namesOf({ ...good, ...junk })).toEqual([...namesOf(good), ...namesOf(junk)].sort());
    expect(mayShare({ ...good, ...junk }, { ...good, ...moreJunk })).toBe(true);
    expect(mayShare({ authorization: 'x', ...junk }, { authorization: 'y', ...junk })).toBe(true);
  });

  it('is the same for one user to a reader that takes bytes for letters, and minds no case', () => {
    const one = Buffer.from('é:p').toString('latin1'); // As bytes C3 and A9; the other's E3 and A9 are no UTF-8.
    const same = one.toLowerCase();
    expect(same).not.toBe(one);
    expect(mayShare({ authorization: basicLatin1(one) }, { authorization: basicLatin1(same) })).toBe(true);
  });

  it('has a name that holds nothing of the credentials', () => {
    expect(namesOf({ authorization: basic('a:p'), [tokenHeader]: jwt }).join(' ')).toMatch(
      /^[\w-]{43} [\w-]{43}$/,
    );
  });

  it('of either header is spent by a call with both, once each', async () => {
    const { upstream, client, call } = await startBudgeted();
    const [one, other] = [{ authorization: basic('a:p') }, { [tokenHeader]: jwt }];
    await call({ ...one, ...other });
    for (const alone of [one, other]) {
      await expect(call(alone)).resolves.not.toBeNull();
      await expect(call(alone)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      await expect(call({ ...one, ...other })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    }
    expect(upstream.calls).toHaveLength(3);
    expect(client.budget()).toMatchObject({ left: 0, credentials: { spent: 2 } });
  });

  it('lets no more calls out than it has, whatever spellings a caller tries', async () => {
    const { upstream, call } = await startBudgeted();
    const credential = { authorization: `Basic ${encoded}` };
    const tries = [
      ...(spellings['user and password'] ?? []),
      ...['j1', 'j2', 'j3'].map((junk) => ({ ...credential, [tokenHeader]: junk })),
    ];
    const outcomes = await Promise.allSettled(tries.map(call));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(upstream.calls).toHaveLength(2);
    await expect(call({ [tokenHeader]: jwt })).resolves.not.toBeNull();
    expect(upstream.calls).toHaveLength(3);
  });
});
