/** The sandbox over real HTTP, fact by fact of the reference. */

import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ask, askBody, basic, basicOf, ledgerPath, start, urlOf } from './asking.ts';
import { numberedLedger, numberedMember } from './numbered-ledger.ts';

describe('a success', () => {
  it('has the fields of the reference', async () => {
    const response = await ask(await start(), { offset: '1' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const entry = { programName: 'Default Program', programId: 1568 };
    expect(await response.json()).toEqual({
      customerDetails: {
        userId: 1,
        externalId: 'ext-1',
        firstName: 'Test',
        lastName: 'Member 1',
        entityType: 'CUSTOMER',
      },
      ledgerDetails: {
        pageNumber: 1,
        pageSize: 10,
        totalEntries: 12,
        pageCount: 2,
        ledgerClosingBalance: [
          { ...entry, pointsCategory: 'Category 10', closingBalance: '10.000' },
          { ...entry, pointsCategory: 'Category 11', closingBalance: '11.000' },
        ],
      },
      warnings: [],
    });
  });

  it('caps a limit above the maximum and says its own page size', async () => {
    const sandbox = await start({ maxLimit: 5 });
    const { ledgerDetails } = await askBody(sandbox, { limit: '50', offset: '1' });
    expect(ledgerDetails).toMatchObject({ pageNumber: 1, pageSize: 5, pageCount: 3 });
    expect(ledgerDetails.ledgerClosingBalance[0]?.pointsCategory).toBe('Category 5');
  });

  it('leaves hidden positions out without shifting later ones', async () => {
    const member = numberedMember('1', { ledger: numberedLedger(12, [0, 3]), totalEntries: 40 });
    const sandbox = await start({ members: [member] });
    const { ledgerDetails } = await askBody(sandbox, { limit: '4', offset: '1' });
    const names = ledgerDetails.ledgerClosingBalance.map((entry) => entry.pointsCategory);
    expect(names).toEqual(['Category 4', 'Category 5', 'Category 6', 'Category 7']);
    expect(ledgerDetails).toMatchObject({ totalEntries: 40, pageCount: 10 });
  });

  it('keeps every digit of ids and balances, as numbers and as texts', async () => {
    const ledger = [
      { pointsCategory: 'Main', programId: '9223372036854775807', openingBalance: '30000.000' },
    ];
    const member = {
      userId: '9007199254740993',
      identifiers: [{ name: 'mobile', value: '1' }],
      ledger,
    } as const;
    const sandbox = await start({ members: [member] });
    const numbers = await (await ask(sandbox)).text();
    expect(numbers).toContain('"userId":9007199254740993');
    expect(numbers).toContain('"programId":9223372036854775807,"closingBalance":"30000.000"');
    sandbox.setMembers([{ ...member, idsAs: 'string', balancesAs: 'number', jsonStyle: 'spaced' }]);
    const texts = await (await ask(sandbox)).text();
    expect(texts).toContain('"userId" : "9007199254740993"');
    expect(texts).toContain('"programId" : "9223372036854775807" , "closingBalance" : 30000.000');
  });

  it('takes identifier values of any text', async () => {
    const value = 'Zoë + "Søn" & \'co\' 100% #1/2=?美咲🎁';
    const sandbox = await start({ members: [numberedMember(value, { userId: '5' })] });
    expect((await askBody(sandbox, { identifierValue: value })).customerDetails.userId).toBe(5);
    expect(sandbox.calls()[0]?.query['identifierValue']).toBe(value);
  });
});

describe('a refusal', () => {
  it.each([400, 200] as const)('has the configured status %i', async (failureStatus) => {
    const sandbox = await start({ failureStatus });
    const response = await ask(sandbox, { identifierValue: 'nobody' });
    expect(response.status).toBe(failureStatus);
    expect(await response.json()).toEqual({
      errors: [{ status: false, code: 8015, message: 'Customer not found for the given identifiers' }],
    });
    expect(sandbox.calls()[0]).toMatchObject({ status: failureStatus, code: 8015 });
  });

  it.each([
    [
      'nothing about the customer',
      { identifierName: undefined, identifierValue: undefined, source: undefined },
      11013,
    ],
    ['no identifier name', { identifierName: undefined }, 8013],
    ['no source', { source: undefined }, 8003],
    ['a merged customer', { identifierValue: '2' }, 8069],
    ['an empty currency name', { alternateCurrencyNames: 'Gold,' }, 9005],
    ['a currency that nobody has', { alternateCurrencyNames: 'Doubloons' }, 9018],
    [
      'a currency of another category',
      { alternateCurrencyNames: 'Gold', pointCategoryType: 'PROMISED' },
      9018,
    ],
    ['a limit above the maximum', { limit: '11' }, 400],
  ])('answers %s with its code', async (_, parameters, code) => {
    const gold = { pointsCategory: 'Gold', programId: '1', alternateCurrency: 'Gold' };
    const members = [numberedMember('1', { ledger: [gold] }), numberedMember('2', { merged: true })];
    const sandbox = await start({ members, overLimit: 'reject' });
    expect((await askBody(sandbox, parameters)).errors[0]?.code).toBe(code);
  });

  it('uses the language of Accept-Language', async () => {
    const sandbox = await start();
    const headers = { 'accept-language': 'de-CH, en;q=0.5' };
    const { errors } = await askBody(sandbox, { identifierValue: 'nobody' }, { headers });
    expect(errors[0]?.message).toBe('Zu dieser Kennung gibt es keinen Kunden');
    expect(sandbox.calls()[0]?.headers['accept-language']).toBe('de-CH, en;q=0.5');
  });
});

describe('the numeric id', () => {
  it('names the customer in every source', async () => {
    const sandbox = await start({ members: [numberedMember('1', { userId: '77' })] });
    for (const source of ['INSTORE', 'LINE', 'ALL']) {
      const body = await askBody(sandbox, { identifierName: 'id', identifierValue: '77', source });
      expect(body.customerDetails.userId).toBe(77);
    }
  });
});

describe('Basic credentials', () => {
  it.each([
    ['none', {}],
    ['a wrong password', { authorization: basicOf({ user: 'demo.till', password: 'wrong' }) }],
    ['no Basic', { authorization: `Bearer ${basic.slice(6)}` }],
    ['a wrong token beside right Basic', { authorization: basic, 'x-cap-api-oauth-token': 'x' }],
  ])('answers %s with 401 and no JSON', async (_, headers) => {
    const sandbox = await start();
    const response = await fetch(urlOf(sandbox), { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(sandbox.calls()[0]).toMatchObject({ status: 401, credential: null });
  });

  it('answers a known user without rights with 403 and no JSON', async () => {
    const headers = { authorization: basicOf(demoCredentials.forbiddenBasic) };
    const response = await ask(await start(), {}, { headers });
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('text/html');
  });

  it('are replaced by the given ones', async () => {
    const other = { user: 'till.ü', password: 'pa:ss' };
    const sandbox = await start({ credentials: { basic: [other], oauth: [] } });
    expect((await ask(sandbox)).status).toBe(401);
    expect((await ask(sandbox, {}, { headers: { authorization: basicOf(other) } })).status).toBe(200);
    expect(sandbox.calls()[1]?.credential).toBe('basic:till.ü');
  });
});

describe('the rate limit', () => {
  it('answers 429 with the seconds to wait, for that credential only', async () => {
    let moment = 1_000_000;
    const others = { user: 'other', password: 'other' };
    const credentials = { basic: [demoCredentials.basic, others], oauth: [] };
    const sandbox = await start({ callsPerMinute: 2, now: () => moment, credentials });
    expect([(await ask(sandbox)).status, (await ask(sandbox)).status]).toEqual([200, 200]);
    moment += 15_000;
    const refused = await ask(sandbox);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '45']);
    expect(sandbox.calls().map((call) => call.overLimit)).toEqual([false, false, true]);
    expect((await ask(sandbox, {}, { headers: { authorization: basicOf(others) } })).status).toBe(200);
    moment += 45_000;
    expect((await ask(sandbox)).status).toBe(200);
  });

  it('starts at 0 after a reset', async () => {
    const sandbox = await start({ callsPerMinute: 1 });
    await ask(sandbox);
    sandbox.reset();
    expect((await ask(sandbox)).status).toBe(200);
    expect(sandbox.callCount()).toBe(1);
  });
});

describe('careful HTTP', () => {
  it.each(['HEAD', 'POST', 'PUT', 'DELETE'])('answers %s on the ledger endpoint with 405', async (method) => {
    const sandbox = await start();
    const response = await fetch(urlOf(sandbox), { method, headers: { authorization: basic } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    expect(sandbox.callCount()).toBe(0);
  });

  it.each(['/', '//', '/v2/pointsLedger', `${ledgerPath}/`, '/constructor', '/%00'])(
    'answers the unknown path %s with an HTML 404',
    async (path) => {
      const response = await fetch((await start()).url + path);
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html']);
    },
  );

  it('answers 500 when it cannot write an answer, and goes on', async () => {
    const sandbox = await start({ members: [numberedMember('x'), numberedMember('1')] });
    expect((await ask(sandbox, { identifierValue: 'x' })).status).toBe(500);
    expect((await ask(sandbox)).status).toBe(200);
  });

  it('keeps connections alive', async () => {
    expect((await ask(await start())).headers.get('keep-alive')).toBe('timeout=60');
  });

  it('rejects with the system’s error when the port is taken', async () => {
    const sandbox = await start();
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
