/**
 * The situations that a client of the endpoint can meet: one member for each, with identifiers that are easy to
 * remember. The control endpoint, the control page and the documents show this table.
 */

import type { Fault } from '../faults/faults.ts';
import { createRandom } from '../faults/random.ts';
import type { Account, LedgerEvent, Member, MemberIdentifier } from '../ledger/member.ts';
import { makeAccount, monthOf } from './accounts.ts';
import { programmes } from './programmes.ts';

/** The identifier that shows a situation, what it shows, and the member; `null` if nobody has the identifier. */
export type Situation = {
  readonly name: string;
  readonly identifier: MemberIdentifier;
  readonly shows: string;
  readonly member: Member | null;
};

/**
 * A situation with a member of external id `name`, mail `name@example.com` and mobile 4477009001 and two digits.
 * `fields` replaces fields of the member. The member's first identifier shows the situation.
 */
function makeSituation(number: number, name: string, shows: string, fields: Partial<Member>): Situation {
  const member: Member = {
    userId: String(502_523_000 + number),
    externalId: name,
    firstName: 'Demo',
    lastName: name,
    identifiers: namedIdentifiers(number, name),
    ledger: [plainAccount('Main', '120.000')],
    ...fields,
  };
  const [identifier = { name: 'id', value: member.userId } as const] = member.identifiers;
  return { name, identifier, shows, member };
}

function namedIdentifiers(number: number, name: string): MemberIdentifier[] {
  return [
    { name: 'externalId', value: name },
    { name: 'email', value: `${name}@example.com` },
    { name: 'mobile', value: `4477009001${String(number).padStart(2, '0')}` },
  ];
}

/** An account of the first programme. Every filter that lists it shows the same balance. */
function plainAccount(pointsCategory: string, openingBalance: string): Account {
  return { ...programmes.retail, pointsCategory, openingBalance };
}

// The pairs of five titles and six districts repeat after thirty, and then the year changes.
const titles = ['Spring Fair', 'Summer Nights', 'Harvest Week', 'Winter Lights', 'Members Day'] as const;
const districts = ['Harbour', 'Old Town', 'Station', 'Airport', 'Riverside', 'Market Hall'] as const;

/** How many entries there are, and which of them a page shows. */
const pagingSituations: readonly Situation[] = [
  makeSituation(1, 'no-entries', 'an empty ledger', { ledger: [] }),
  makeSituation(2, 'one-page', 'exactly ten entries: one full page and no more', { ledger: campaigns(10) }),
  makeSituation(3, 'two-pages', '17 entries: a full page and a part of one', { ledger: campaigns(17) }),
  makeSituation(4, 'many-entries', '137 entries: fourteen pages', { ledger: campaigns(137) }),
  makeSituation(
    5,
    'short-pages',
    '23 positions, of which 15 have an entry: no page is full, none is the end',
    {
      ledger: hide(campaigns(23), [1, 4, 5, 8, 12, 13, 19, 21]),
    },
  ),
  makeSituation(6, 'empty-middle', '34 positions, the second page of ten is empty, more follow', {
    ledger: hide(campaigns(34), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
  }),
  makeSituation(7, 'never-complete', 'says 60 entries, has 14: the total never comes true', {
    ledger: campaigns(14),
    totalEntries: 60,
  }),
  makeSituation(8, 'vast-total', 'says a billion entries, has 3', {
    ledger: campaigns(3),
    totalEntries: 1_000_000_000,
  }),
];

/** Accounts with different names, the oldest first: "Spring Fair 2024 Harbour", … */
function campaigns(count: number): Account[] {
  const random = createRandom(count);
  return Array.from({ length: count }, (_, index) => {
    const title = titles[index % titles.length];
    const district = districts[Math.floor(index / titles.length) % districts.length];
    const year = 2022 + Math.floor(index / (titles.length * districts.length));
    const category = { name: `${title} ${year} ${district}`, type: 'REGULAR', size: 60 } as const;
    return makeAccount(random, monthOf(2022, 1), programmes.retail, category);
  });
}

/** Hides positions of a ledger. No answer shows them. */
function hide(ledger: readonly Account[], positions: readonly number[]): (Account | null)[] {
  return ledger.map((account, position) => (positions.includes(position) ? null : account));
}

/** Filters: dates, kinds of entry and category, currencies, tills. The balances are easy to check in the head. */
const filterSituations: readonly Situation[] = [
  makeSituation(
    11,
    'history',
    'Main: 100 at the start, 350 after 2025-03-31, 300 after 2025-06-30, 800 after 2025-12-31; Holiday Bonus opens on 2025-12-01',
    { ledger: [historyAccount(), holidayAccount()] },
  ),
  makeSituation(12, 'categories', 'one entry each of REGULAR, PROMISED and TRIGGER_BASED', {
    ledger: [
      plainAccount('Main', '200.000'),
      { ...plainAccount('Promised Points', '75.000'), categoryType: 'PROMISED' },
      { ...plainAccount('Birthday Bonus', '50.000'), categoryType: 'TRIGGER_BASED' },
    ],
  }),
  makeSituation(13, 'currencies', 'Main, and the alternate currencies Gold, Miles and Stars', {
    ledger: [
      plainAccount('Main', '30000.000'),
      currencyAccount('Gold', '150.000', {}),
      currencyAccount('Miles', '48250.000', programmes.travel),
      { ...currencyAccount('Stars', '7.000', programmes.kitchen), categoryType: 'TRIGGER_BASED' },
    ],
  }),
  makeSituation(
    14,
    'tills',
    'two programmes, each seen from its own tills (till.retail.01, till.kitchen.01); 40 of Main were redeemed at a concept till',
    { ledger: [conceptAccount(), { ...plainAccount('Main', '60.000'), ...programmes.kitchen }] },
  ),
];

/** Four balances at four dates, in round numbers. */
function historyAccount(): Account {
  const events: LedgerEvent[] = [
    { at: '2025-03-31T10:00:00', type: 'CREDIT', amount: '250.000' },
    { at: '2025-06-30T10:00:00', type: 'DEBIT', amount: '50.000' },
    { at: '2025-12-31T10:00:00', type: 'CREDIT', amount: '500.000' },
  ];
  return { ...plainAccount('Main', '100.000'), events };
}

/** It opens late. Before that the ledger does not list it, and the total is one less. */
function holidayAccount(): Account {
  const { openingBalance: _, ...account } = plainAccount('Holiday Bonus', '0.000');
  const opened = '2025-12-01T09:00:00';
  return { ...account, openedAt: opened, events: [{ at: opened, type: 'CREDIT', amount: '25.000' }] };
}

/** Its category has the name that it has in the reference's sample. */
function currencyAccount(name: string, balance: string, programme: Partial<Account>): Account {
  return { ...plainAccount(`${name}_PointCategory`, balance), ...programme, alternateCurrency: name };
}

/** 500, or 460 if entries at concept tills count. */
function conceptAccount(): Account {
  const event = { at: '2026-02-14T16:30:00', type: 'DEBIT', amount: '40.000', atConceptTill: true } as const;
  return { ...plainAccount('Main', '500.000'), events: [event] };
}

/** 2^53 + 1 and 2^63 − 1: a double rounds both. */
const hugeIds: Partial<Member> = {
  userId: '9007199254740993',
  ledger: [{ ...plainAccount('Main', '10.000'), programId: '9223372036854775807' }],
};

/** Two people have this LINE id, each in another account. */
const lineId = { name: 'externalId', value: 'line-7', source: 'LINE' } as const;

/** The customer: odd names and identifiers, huge numbers, warnings, merging. */
const identitySituations: readonly Situation[] = [
  makeSituation(21, 'merged', 'merged into another customer: refused with 8069', { merged: true }),
  makeSituation(22, 'warning-objects', 'warnings as objects with a code', {
    warnings: [{ status: false, code: 1001, message: 'Balance of one till is delayed' }],
  }),
  makeSituation(23, 'warning-texts', 'warnings as bare texts', {
    warnings: ['Balance of one till is delayed'],
  }),
  makeSituation(24, 'huge-ids', 'userId 2^53 + 1 and programId 2^63 − 1', hugeIds),
  makeSituation(25, 'long-decimals', 'balances that no double holds, tiny ones and one below zero', {
    ledger: [
      plainAccount('Main', '12345678901234567890.123'),
      plainAccount('Partner Points', '0.001'),
      plainAccount('Corrections', '-0.500'),
    ],
  }),
  makeSituation(26, 'text-ids', 'ids sent as texts, balances as numbers, with white space', {
    userId: '900719925474099301',
    idsAs: 'string',
    balancesAs: 'number',
    jsonStyle: 'spaced',
  }),
  makeSituation(27, 'odd-text', 'an external id with spaces, +, &, quotes, %, # and letters of all kinds', {
    identifiers: [
      { name: 'externalId', value: 'Zoë & Søn+1 "50%" #7/ü=?美咲 🎁' },
      { name: 'email', value: "zoë+o'neil&co@example.com" },
    ],
    externalId: 'Zoë & Søn+1 "50%" #7/ü=?美咲 🎁',
    firstName: 'Zoë "Zo"',
    lastName: "O'Neil & Søn <b>",
  }),
  makeSituation(28, 'empty-names', 'externalId and names are empty texts', {
    externalId: '',
    firstName: '',
    lastName: '',
  }),
  withoutNames(makeSituation(29, 'absent-names', 'externalId and names are absent', {})),
  makeSituation(30, 'user-group', 'entityType USERGROUP2', {
    entityType: 'USERGROUP2',
    firstName: 'Book Club',
  }),
  makeSituation(31, 'web-shop', 'registered in source ECOMMERCE: not found in INSTORE, found in ALL', {
    identifiers: [{ name: 'externalId', value: 'web-shop', source: 'ECOMMERCE' }],
    ledger: [{ ...plainAccount('Main', '88.000'), ...programmes.travel }],
  }),
  makeSituation(32, 'line-europe', 'source LINE, accountId line-europe', {
    identifiers: [{ ...lineId, accountId: 'line-europe' }],
  }),
  makeSituation(33, 'line-japan', 'the same LINE id in accountId line-japan: someone else', {
    identifiers: [{ ...lineId, accountId: 'line-japan' }],
    firstName: '健',
    lastName: '佐藤',
  }),
];

/** The answer does not have these fields at all. */
function withoutNames(situation: Situation): Situation {
  if (!situation.member) return situation;
  const { externalId: _, firstName: __, lastName: ___, ...member } = situation.member;
  return { ...situation, member };
}

/** Failures, the mildest first. No fault need be switched on. */
const failureSituations: readonly Situation[] = [
  failing(41, 'slow', 'answers after two seconds: for what is shown while loading', {
    kind: 'latency',
    ms: 2000,
  }),
  failing(42, 'second-page-fails', '20 entries, of which only the first page can be read: 503 beyond it', {
    kind: 'server-error',
    pageNumber: 1,
  }),
  failing(43, 'rate-limited', '429, to be tried again after a second', {
    kind: 'rate-limited',
    retryAfter: 1,
  }),
  failing(44, 'unavailable', '503', { kind: 'server-error' }),
  failing(45, 'no-answer', 'never answers', { kind: 'hang' }),
  failing(46, 'garbled', '200 with an HTML page', { kind: 'html' }),
  failing(47, 'refused', 'refused with 1632', { kind: 'refusal', code: 1632 }),
];

function failing(number: number, name: string, shows: string, fault: Fault): Situation {
  const ledger = Array.from({ length: 20 }, (_, index) => plainAccount(`Category ${index + 1}`, '10.000'));
  return makeSituation(number, name, shows, { faults: [fault], ledger });
}

const unknown: Situation = {
  name: 'unknown',
  identifier: { name: 'mobile', value: '447700900999' },
  shows: 'nobody: refused with 8015',
  member: null,
};

/** All situations, in the order in which to explore them. */
export const situations: readonly Situation[] = [
  ...pagingSituations,
  ...filterSituations,
  ...identitySituations,
  ...failureSituations,
  unknown,
];
