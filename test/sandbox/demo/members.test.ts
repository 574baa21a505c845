/** The demonstration members do what the table of situations says, and are believable. */

import { describe, expect, it } from 'vitest';
import { members } from '../../../src/sandbox/demo/members.ts';
import { situations } from '../../../src/sandbox/demo/situations.ts';
import { answerQuery } from '../../../src/sandbox/ledger/answer.ts';
import { createDirectory } from '../../../src/sandbox/ledger/directory.ts';
import { filterLedger } from '../../../src/sandbox/ledger/ledger.ts';

const directory = createDirectory(members);
const people = members.filter(({ externalId }) => externalId?.startsWith('MR-'));

type Shown = {
  customerDetails: Record<string, unknown>;
  ledgerDetails: { totalEntries: number; pageCount: number; ledgerClosingBalance: Record<string, string>[] };
  warnings: unknown[];
};

/** The answer about a situation's member, or the code of the refusal. */
function askText(name: string, parameters: Record<string, string> = {}): string | number {
  const situation = situations.find((candidate) => candidate.name === name);
  if (!situation) throw new Error(`no situation ${name}`);
  const {
    name: identifierName,
    value: identifierValue,
    source = 'INSTORE',
    accountId = '',
  } = situation.identifier;
  const query = { identifierName, identifierValue, source, accountId, ...parameters };
  const { body, refusal } = answerQuery(query, directory, { maxLimit: 10, overLimit: 'cap' });
  return body ?? refusal?.code ?? 0;
}

function askShown(name: string, parameters: Record<string, string> = {}): Shown {
  return JSON.parse(String(askText(name, parameters)));
}

function balances(name: string, parameters: Record<string, string> = {}): (string | undefined)[] {
  return askShown(name, parameters).ledgerDetails.ledgerClosingBalance.map(
    (entry) => entry['closingBalance'],
  );
}

/** How many entries each page of ten shows. */
function pageSizes(name: string): number[] {
  const { pageCount } = askShown(name).ledgerDetails;
  return Array.from({ length: pageCount }, (_, page) => balances(name, { offset: String(page) }).length);
}

describe('the demonstration members', () => {
  it('are three dozen people besides the situations, each with five kinds of identifier and the id', () => {
    expect(people).toHaveLength(36);
    for (const { identifiers } of people) {
      const names = identifiers.map(({ name }) => name);
      expect(names).toEqual(['mobile', 'email', 'externalId', 'cardnumber', 'cardExternalId']);
    }
  });

  it('share no identifier', () => {
    const keys = members.flatMap(({ userId, identifiers }) => [
      `id ${userId}`,
      ...identifiers.map(({ name, value, source, accountId }) => `${name} ${value} ${source} ${accountId}`),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('have mobiles of digits only, with a country', () => {
    const mobiles = members.flatMap(({ identifiers }) => identifiers.filter(({ name }) => name === 'mobile'));
    expect(mobiles.every(({ value }) => /^[1-9]\d{10,13}$/.test(value))).toBe(true);
  });

  it('are the same on every machine', () => {
    const query = { identifierName: 'mobile', identifierValue: '447700900001', source: 'INSTORE' };
    const { body = '' } = answerQuery(query, directory, { maxLimit: 3, overLimit: 'cap' });
    expect(JSON.parse(body).ledgerDetails.ledgerClosingBalance).toMatchInlineSnapshot(`
      [
        {
          "closingBalance": "1628.500",
          "pointsCategory": "Main",
          "programId": 1568,
          "programName": "Meridian Rewards",
        },
        {
          "closingBalance": "1009.500",
          "pointsCategory": "Promised Points",
          "programId": 1568,
          "programName": "Meridian Rewards",
        },
        {
          "closingBalance": "196.000",
          "pointsCategory": "Birthday Bonus",
          "programId": 1568,
          "programName": "Meridian Rewards",
        },
      ]
    `);
  });

  it('never have a balance below zero, with or without concept tills, at any moment', () => {
    for (const { ledger } of people) {
      for (const year of ['2023', '2024', '2025', '2026', '2027']) {
        for (const includeTillConceptEvents of [true, false]) {
          const filter = {
            includeAlternateCurrencies: true,
            includeTillConceptEvents,
            endDate: `${year}-01-01T00:00:00`,
          };
          const signs = filterLedger(ledger, filter).map((position) => position?.closingBalance[0]);
          expect(signs).not.toContain('-');
        }
      }
    }
  });

  it('have other balances a year ago', () => {
    const past = {
      includeAlternateCurrencies: false,
      includeTillConceptEvents: false,
      endDate: '2025-11-22T00:00:00',
    };
    const { endDate: _, ...present } = past;
    for (const { ledger } of people)
      expect(filterLedger(ledger, past)).not.toEqual(filterLedger(ledger, present));
  });

  it('have events in order of time, none later than the data', () => {
    for (const { ledger } of members) {
      for (const account of ledger) {
        const moments = (account?.events ?? []).map(({ at }) => at);
        expect(moments).toEqual(moments.toSorted());
        expect(moments.every((moment) => moment < '2026-11-01' && moment >= (account?.openedAt ?? ''))).toBe(
          true,
        );
      }
    }
  });
});

describe('the situations', () => {
  it('have different names', () => {
    expect(new Set(situations.map(({ name }) => name)).size).toBe(situations.length);
  });

  it.each([
    ['no-entries', []],
    ['one-page', [10]],
    ['two-pages', [10, 7]],
    ['many-entries', [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 7]],
    ['short-pages', [6, 7, 2]],
    ['empty-middle', [10, 0, 10, 4]],
    ['never-complete', [10, 4, 0, 0, 0, 0]],
  ])('%s shows its pages', (name, sizes) => {
    expect(pageSizes(name)).toEqual(sizes);
  });

  it('vast-total claims a billion and shows three', () => {
    expect(askShown('vast-total').ledgerDetails).toMatchObject({
      totalEntries: 1_000_000_000,
      pageCount: 100_000_000,
    });
    expect(balances('vast-total')).toHaveLength(3);
    expect(balances('vast-total', { offset: '99999999' })).toEqual([]);
  });

  it('many-entries has no two entries of one name', () => {
    const ledger = situations.find(({ name }) => name === 'many-entries')?.member?.ledger ?? [];
    expect(new Set(ledger.map((account) => account?.pointsCategory)).size).toBe(137);
  });

  it('merged and unknown are refused', () => {
    expect([askText('merged'), askText('unknown')]).toEqual([8069, 8015]);
  });

  it('history has the balances that it promises', () => {
    const at = (endDate: string) => balances('history', { endDate });
    expect(at('2025-03-01T00:00:00')).toEqual(['100.000']);
    expect(at('2025-04-01T00:00:00')).toEqual(['350.000']);
    expect(at('2025-07-01T00:00:00')).toEqual(['300.000']);
    expect(at('2026-01-01T00:00:00')).toEqual(['800.000', '25.000']);
  });

  it('categories has one entry of each type', () => {
    const of = (pointCategoryType: string) => balances('categories', { pointCategoryType });
    expect([of('REGULAR'), of('PROMISED'), of('TRIGGER_BASED')]).toEqual([
      ['200.000'],
      ['75.000'],
      ['50.000'],
    ]);
  });

  it('currencies are listed on demand, by name or all', () => {
    expect(balances('currencies')).toEqual(['30000.000']);
    expect(balances('currencies', { includeAlternateCurrencies: 'true' })).toHaveLength(4);
    const named = askShown('currencies', { alternateCurrencyNames: 'Stars' }).ledgerDetails
      .ledgerClosingBalance;
    expect(named).toMatchObject([{ alternateCurrency: 'Stars', alternateCurrencyCategory: 'TRIGGER_BASED' }]);
    expect(askText('currencies', { alternateCurrencyNames: 'Stars', pointCategoryType: 'PROMISED' })).toBe(
      9018,
    );
    expect(askText('no-entries', { alternateCurrencyNames: 'Gold' })).not.toBe(9018);
  });

  it('tills differ by till and by concept events', () => {
    expect(balances('tills', { tillId: 'till.retail.01' })).toEqual(['500.000']);
    expect(balances('tills', { tillId: 'till.kitchen.01' })).toEqual(['60.000']);
    expect(balances('tills', { includeTillConceptEvents: 'true' })).toEqual(['460.000', '60.000']);
  });

  it('warnings come as objects and as texts', () => {
    expect(askShown('warning-objects').warnings).toMatchObject([{ status: false, code: 1001 }]);
    expect(askShown('warning-texts').warnings).toEqual(['Balance of one till is delayed']);
  });

  it('huge ids, long decimals and ids as texts keep their digits', () => {
    expect(askText('huge-ids')).toMatch(/"userId":9007199254740993,.*"programId":9223372036854775807,/);
    expect(balances('long-decimals')).toEqual(['12345678901234567890.123', '0.001', '-0.500']);
    expect(askText('text-ids')).toMatch(/"userId" : "900719925474099301" .*"closingBalance" : 120\.000/);
  });

  it('names are odd, empty or absent', () => {
    expect(askShown('odd-text').customerDetails).toMatchObject({ firstName: 'Zoë "Zo"' });
    expect(askShown('empty-names').customerDetails).toMatchObject({
      externalId: '',
      firstName: '',
      lastName: '',
    });
    expect(Object.keys(askShown('absent-names').customerDetails)).toEqual(['userId', 'entityType']);
    expect(askShown('user-group').customerDetails).toMatchObject({ entityType: 'USERGROUP2' });
  });

  it('a source and an account must be named, or ALL', () => {
    expect(askText('web-shop', { source: 'INSTORE' })).toBe(8015);
    expect(askShown('web-shop', { source: 'ALL' }).customerDetails).toMatchObject({ externalId: 'web-shop' });
    expect(askText('line-europe', { accountId: '' })).toBe(8015);
    expect(askText('line-europe', { accountId: 'line-moon' })).toBe(8015);
    expect(askShown('line-europe').customerDetails).toMatchObject({ lastName: 'line-europe' });
    expect(askShown('line-japan').customerDetails).toMatchObject({ lastName: '佐藤' });
    expect(askText('line-japan', { source: 'ALL' })).toMatch('佐藤');
  });
});
