/** Tests of code that asks the gateway, with vitest. They run side by side: a fault of one test hits no other. */

import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openSandbox, type TestSandbox } from './sandbox.ts';

/** The code under test: returns what to show. In your project, import yours. */
async function showBalance(mobile: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const query = `query Balance($mobile: String!) {
    customer(identifier: { name: MOBILE, value: $mobile }) {
      ledgerBalance(first: 1) { nodes { closingBalance } }
    }
  }`;
  const response = await fetch(`${inject('gatewayUrl')}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables: { mobile } }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) return errors[0].extensions.retryable ? 'Try again' : 'Not available';
  return data.customer?.ledgerBalance.nodes[0]?.closingBalance ?? 'Nobody';
}

const amara = '447700900001';
const nobody = '447700900999';

describe.concurrent('the balance', () => {
  // An object for each test, because tests run side by side.
  type Context = { sandbox: TestSandbox };
  beforeEach<Context>((context) => {
    context.sandbox = openSandbox(inject('sandboxUrl'));
  });
  afterEach<Context>(({ sandbox }) => sandbox.end());

  it<Context>('is shown with every digit', async ({ sandbox }) => {
    expect(await showBalance(amara, sandbox.headers)).toBe('1628.500');
    expect(await sandbox.callCount()).toBe(1);
  });

  it<Context>('is missing for somebody unknown', async ({ sandbox }) => {
    expect(await showBalance(nobody, sandbox.headers)).toBe('Nobody');
  });

  it<Context>('can be asked for again when the endpoint fails', async ({ sandbox }) => {
    await sandbox.fail({ kind: 'server-error' });
    expect(await showBalance(amara, sandbox.headers)).toBe('Try again');
  });

  it<Context>('can be asked for again when the endpoint is called too often', async ({ sandbox }) => {
    await sandbox.fail({ kind: 'rate-limited', retryAfter: 45 });
    expect(await showBalance(amara, sandbox.headers)).toBe('Try again');
  });

  it<Context>('is shown after one failure, because the gateway tries again', async ({ sandbox }) => {
    await sandbox.fail({ kind: 'reset', times: 1 });
    expect(await showBalance(amara, sandbox.headers)).toBe('1628.500');
    expect(await sandbox.callCount()).toBe(2);
  });

  it<Context>('is not available when the endpoint refuses', async ({ sandbox }) => {
    await sandbox.fail({ kind: 'refusal', code: 1632 });
    expect(await showBalance(amara, sandbox.headers)).toBe('Not available');
  });
});
