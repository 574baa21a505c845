/** Starts sandboxes that close when their test ends, and asks them over HTTP. */

import { onTestFinished } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { numberedLedger, numberedMember } from './numbered-ledger.ts';

/** Path of the ledger endpoint, as the reference spells it. */
export const ledgerPath = '/v2/pointsLedger/getCustomerLedgerBalance';

/** `Authorization` of the demonstration till. */
export const basic = basicOf(demoCredentials.basic);

/** `Authorization` of any user. */
export function basicOf({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A sandbox that is closed when the test ends. It has one member, mobile 1, with twelve entries. */
export async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const members = [numberedMember('1', { ledger: numberedLedger(12) })];
  const sandbox = await startSandbox({ members, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The URL of a question. By default it asks for the first page of member 1. `undefined` leaves a parameter out. */
export function urlOf(sandbox: Sandbox, parameters: Record<string, string | undefined> = {}): string {
  const all = { identifierName: 'mobile', identifierValue: '1', source: 'INSTORE', ...parameters };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `${sandbox.url}${ledgerPath}?${new URLSearchParams(given)}`;
}

/** Asks as the demonstration till. Redirects are not followed. */
export function ask(
  sandbox: Sandbox,
  parameters: Record<string, string | undefined> = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const headers = { authorization: basic, ...init.headers };
  return fetch(urlOf(sandbox, parameters), { redirect: 'manual', ...init, headers });
}

/** Sends `body` as JSON to the token endpoint. */
export function askToken(sandbox: Sandbox, body: unknown): Promise<Response> {
  return fetch(`${sandbox.url}/v3/oauth/token/generate`, { method: 'POST', body: JSON.stringify(body) });
}

/** The parts of a success or failure body that tests read. */
export type Body = {
  readonly customerDetails: { readonly userId: number };
  readonly ledgerDetails: {
    readonly totalEntries: number;
    readonly ledgerClosingBalance: readonly {
      readonly pointsCategory: string;
      readonly closingBalance: string;
    }[];
  };
  readonly warnings: readonly unknown[];
  readonly errors: readonly { readonly code: number; readonly message: string }[];
};

/** Asks as the demonstration till, and reads the body. */
export async function askBody(
  sandbox: Sandbox,
  parameters: Record<string, string | undefined> = {},
  init: { headers?: Record<string, string> } = {},
): Promise<Body> {
  return (await (await ask(sandbox, parameters, init)).json()) as Body;
}
