/** The sandbox over real HTTP: what goes over the wire, and what its call log says of it. */

import { afterEach, describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/credentials.ts';
import { numberedLedger, numberedMember } from '../../src/sandbox/numbered-ledger.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

const path = '/v2/pointsLedger/getCustomerLedgerBalance';
const basic = `Basic ${btoa(`${demoCredentials.basic.user}:${demoCredentials.basic.password}`)}`;

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options: SandboxOptions = {}): Promise<void> {
  sandbox = await startSandbox({
    members: [numberedMember('1', { ledger: numberedLedger(12) })],
    ...options,
  });
}

function ask(parameters: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
  const query = new URLSearchParams({
    identifierName: 'mobile',
    identifierValue: '1',
    source: 'INSTORE',
    ...parameters,
  });
  return fetch(`${sandbox.url}${path}?${query}`, {
    ...init,
    headers: { authorization: basic, ...init.headers },
  });
}

describe('the ledger endpoint', () => {
  it('answers a page with the fields of the reference', async () => {
    await start();
    const response = await ask({ offset: '1' });
    expect(response.status).toBe(200);
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
          {
            pointsCategory: 'Category 10',
            programName: 'Default Program',
            programId: 1568,
            closingBalance: '10.000',
          },
          {
            pointsCategory: 'Category 11',
            programName: 'Default Program',
            programId: 1568,
            closingBalance: '11.000',
          },
        ],
      },
      warnings: [],
    });
  });
});
