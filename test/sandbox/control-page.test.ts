/** The control page over HTTP. `test/browser` tests it in a browser. */

import { coerceInputValue, type GraphQLInputType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { memberQuery } from '../../src/sandbox/control/page.ts';
import { members } from '../../src/sandbox/demo/members.ts';
import { situations } from '../../src/sandbox/demo/situations.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { schema } from '../../src/schema/schema.ts';
import { ask, start } from './asking.ts';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the control page', () => {
  it('is served to browsers, and JSON to curl', async () => {
    const sandbox = await start();
    const page = await fetch(`${sandbox.url}/_sandbox`, { headers: html });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const plain = await fetch(`${sandbox.url}/_sandbox`);
    expect(plain.headers.get('content-type')).toContain('application/json');
    expect(sandbox.callCount()).toBe(0);
  });

  it('has a policy that allows this server’s own script and no other', async () => {
    const sandbox = await start();
    const page = await fetch(`${sandbox.url}/_sandbox`, { headers: html });
    const policy = page.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'sha256-[\w+/=]+'; /);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
    const text = await page.text();
    expect([...text.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
      '<script type="module" src="_sandbox/page.js">',
    ]);
    const script = await fetch(`${sandbox.url}/_sandbox/page.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await fetch(`${sandbox.url}/_sandbox/icon.svg`)).headers.get('content-type')).toBe(
      'image/svg+xml',
    );
  });

  it('lists every situation and every other member, and escapes their texts', async () => {
    const sandbox = await start({ members });
    const text = await (await fetch(`${sandbox.url}/_sandbox`, { headers: html })).text();
    const escaped = (shows: string) => shows.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    expect(situations.filter(({ shows }) => !text.includes(escaped(shows)))).toEqual([]);
    expect(text).toContain('447700900001');
    expect(text).toContain('36 more members');
    expect(text).toContain('Zoë &amp; Søn+1 &quot;50%&quot;');
  });
});

describe('the control page of a sandbox', () => {
  const read = async (sandbox: Sandbox, headers = {}) =>
    await (await fetch(`${sandbox.url}/_sandbox`, { headers: { ...html, ...headers } })).text();

  it('names identifiers as the schema does, and copies them as variables with source and account', async () => {
    const text = await read(await start({ members }));
    expect(text).not.toMatch(/<small>[a-z]/);
    const copied = [...text.matchAll(/data-copy="([^"]*)"/g)].map(([, variables = '']) =>
      JSON.parse(variables.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')),
    );
    expect(copied).toContainEqual({
      identifier: { name: 'EXTERNAL_ID', value: 'line-7', source: 'LINE', accountId: 'line-japan' },
    });
    expect(copied).toContainEqual({
      identifier: { name: 'MOBILE', value: '447700900001', source: 'INSTORE' },
    });
    for (const { identifier } of copied) expect(findProblems(identifier)).toEqual([]);
  });

  it('leads to the gateway in front, under the host name of the reader', async () => {
    const sandbox = await start();
    sandbox.attachGateway({ port: 4001, reset: () => undefined });
    const text = await read(sandbox);
    expect(text).toContain('<a href="http://127.0.0.1:4001/">← Gateway</a>');
    expect(text).toContain('<a href="http://127.0.0.1:4001/graphql">GraphiQL</a>');
    expect(text).toContain('href="http://127.0.0.1:4001/graphql#query=');
  });

  it('has no link to GraphiQL without a gateway', async () => {
    expect(await read(await start())).not.toMatch(/graphql|Gateway</);
  });

  it('opens in GraphiQL a query that fits the schema', () => {
    expect(validate(schema, parse(memberQuery))).toEqual([]);
  });
});

/** What is wrong with the value of a CustomerIdentifierInput. */
function findProblems(identifier: unknown): readonly string[] {
  const type = schema.getType('CustomerIdentifierInput');
  const problems: string[] = [];
  coerceInputValue(identifier, type as GraphQLInputType, (_, __, { message }) => problems.push(message));
  return problems;
}

describe('the calls', () => {
  it('are listed in full, or as many of the last as `last` says', async () => {
    const sandbox = await start();
    for (const limit of ['1', '2', '3']) await ask(sandbox, { limit });
    const limits = async (query: string) => {
      const { ledger } = await (await fetch(`${sandbox.url}/_sandbox/calls${query}`)).json();
      return [ledger.count, ledger.calls.map((call: { query: { limit: string } }) => call.query.limit)];
    };
    expect(await limits('')).toEqual([3, ['1', '2', '3']]);
    expect(await limits('?last=2')).toEqual([3, ['2', '3']]);
    expect(await limits('?last=0')).toEqual([3, []]);
  });
});
