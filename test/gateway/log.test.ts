/** The log: one line for each operation, and never the customer. */

import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { balances, customersDetails, details } from '../operations.ts';
import { basicOf } from '../sandbox/asking.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const open = () => startHarness({ members: threeMembers });

describe('an operation', () => {
  it('writes one line with name, duration, calls and outcome', async () => {
    const harness = await open();
    await harness.ask(balances, { identifier: byMobile(mobiles.twelve), first: 12 });
    expect(harness.logLines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        msg: 'operation',
        requestId: expect.any(String),
        operation: 'Balances',
        type: 'query',
        outcome: 'ok',
        status: 200,
        durationMs: expect.any(Number),
        upstreamCalls: 2,
        sharedCalls: 0,
        keptAnswers: 0,
        price: 2,
        errorCodes: [],
      },
    ]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it.each<[string, string, object]>([
    [
      'data beside errors',
      '{ __typename node(id: "x") { id } }',
      { outcome: 'partial', errorCodes: ['BAD_USER_INPUT'] },
    ],
    ['errors alone', '{ node(id: "x") { id } }', { outcome: 'error', errorCodes: ['BAD_USER_INPUT'] }],
    ['nothing but null items', '{ nodes(ids: ["x", "y"]) { id } }', { outcome: 'error', type: 'query' }],
    ['a syntax error', '{', { outcome: 'error', type: null, errorCodes: ['GRAPHQL_PARSE_FAILED'] }],
    ['another document', 'query Q { x }', { outcome: 'error', errorCodes: ['GRAPHQL_VALIDATION_FAILED'] }],
    ['no name', '{ __typename }', { outcome: 'ok', operation: null }],
  ])('with %s says so', async (_, query, line) => {
    const harness = await open();
    await harness.ask(query);
    expect(harness.logLines).toEqual([
      expect.objectContaining({ msg: 'operation', upstreamCalls: 0, ...line }),
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('names the cause when it failed without a connection', async () => {
    const harness = await open();
    await harness.sandbox.close();
    await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    expect(harness.logLines).toEqual([
      expect.objectContaining({ errorCodes: ['UPSTREAM_UNAVAILABLE'], causes: ['Error ECONNREFUSED'] }),
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each<[Fault, string, string]>([
    [{ kind: 'server-error' }, 'UPSTREAM_UNAVAILABLE', 'HTTP_503'],
    [{ kind: 'other-shape', status: 404 }, 'UPSTREAM_REJECTED', 'HTTP_404'],
    [{ kind: 'redirect' }, 'UPSTREAM_BAD_RESPONSE', 'HTTP_302'],
  ])('names the status when it failed by one: %j', async (fault, code, cause) => {
    const harness = await open();
    harness.sandbox.setFaults([fault]);
    await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    expect(harness.logLines).toEqual([
      expect.objectContaining({ errorCodes: [code], causes: [`Error ${cause}`] }),
    ]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('that is not a GraphQL request writes a line, too', async () => {
    const harness = await open();
    await harness.post('{');
    await harness.post('x', { headers: { 'content-type': 'text/plain' } });
    expect(harness.logLines.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['error', 400],
      ['error', 415],
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('that ran is the one in the log when a document has several', async () => {
    const harness = await open();
    const query = 'query First { __typename } query Second { __typename }';
    await harness.post({ query, operationName: 'Second' });
    expect(harness.logLines).toEqual([expect.objectContaining({ operation: 'Second' })]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('has the name that its document gives, and no other', async () => {
    const harness = await open();
    await harness.post({ query: 'query Known { __typename }', operationName: 'Zebediah' });
    await harness.post({ query: 'query Known { x }', operationName: 'Known' });
    await harness.post({ query: '{', operationName: 'Zebediah' });
    await harness.post({ operationName: 'Zebediah' });
    expect(harness.logLines.map(({ operation }) => operation)).toEqual([null, 'Known', null, null]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('counts only its own calls, while other operations run', async () => {
    const harness = await open();
    const identifiers = [mobiles.twelve, mobiles.three, mobiles.gaps].map(byMobile);
    await Promise.all([
      harness.ask(customersDetails, { identifiers }),
      harness.ask(balances, { identifier: byMobile(mobiles.twelve), tillId: '7' }),
    ]);
    const calls = Object.fromEntries(
      harness.logLines.map((line) => [line['operation'], line['upstreamCalls']]),
    );
    expect(calls).toEqual({ CustomersDetails: 3, Balances: 1 });
    expect(harness.sandbox.callCount()).toBe(4);
  });
});

describe('the log', () => {
  const secrets = {
    name: 'Zebediah',
    mobile: '447700955512',
    mail: 'zebediah.quux@example.com',
    account: 'account-5551',
    till: 'till-5552',
    currency: 'Currency5553',
    category: 'Category 7',
    balance: '7.000',
    authorization: basicOf({ user: 'caller-5554', password: 'password-5555' }),
    service: basicOf(demoCredentials.basic),
    operation: '447700955512',
  };

  it('never holds an identifier, a cursor, a balance or a credential, whatever happens', async () => {
    const member = numberedMember(secrets.mobile, {
      firstName: secrets.name,
      ledger: numberedLedger(12),
      identifiers: [
        { name: 'mobile', value: secrets.mobile },
        { name: 'email', value: secrets.mail },
      ],
    });
    const harness = await startHarness(
      { members: [member] },
      { UPSTREAM_TIMEOUT_MS: '500', LOG_LEVEL: 'trace' },
    );
    const headers = { authorization: secrets.authorization };
    const identifier = byMobile(secrets.mobile);
    const { data } = await harness.ask(balances, { identifier }, headers);
    const id = data?.customer?.id ?? '';
    const cursor = data?.customer?.ledgerBalance?.pageInfo.endCursor ?? '';

    await harness.ask(details, {
      identifier: { name: 'EMAIL', value: secrets.mail, accountId: secrets.account },
    });
    const kinds = [
      'server-error',
      'reset',
      'hang',
      'html',
      'cut-json',
      'unauthorized',
      'other-shape',
    ] as const;
    for (const kind of kinds) {
      harness.sandbox.setFaults([{ kind }]);
      const filter = { tillId: secrets.till, currencies: [secrets.currency] };
      await harness.ask(balances, { identifier, ...filter, first: 12 }, headers);
    }
    await harness.ask(`query Of${secrets.operation} { node(id: "${id}x") { id } }`);
    await harness.ask(`{ customer(identifier: { name: PHONE, value: "${secrets.mobile}" }) { id } }`);
    await harness.ask(balances, { identifier, after: `${cursor}x` });
    await harness.post(`{ "query": "${secrets.mail}`);
    await harness.post({ query: '{ __typename }', operationName: secrets.mail });
    await harness.post({ query: '{ __typename }', operationName: 'Zebediah' });
    await harness.post({ query: '{ __typename }' }, { headers: { 'x-request-id': secrets.mobile } });

    const log = JSON.stringify(harness.logLines);
    expect(harness.logLines).toHaveLength(kinds.length + 9);
    for (const secret of [...Object.values(secrets), id, cursor, harness.sandbox.url]) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(Buffer.from(secret).toString('base64'));
    }
    expect(harness.sandbox.callCount()).toBe(kinds.length + 2);
  });
});
