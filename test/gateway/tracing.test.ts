/** The spans of requests through the whole gateway: one for each, one for each call under it, and no customer in any. */

import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import type { SandboxOptions } from '../../src/sandbox/server.ts';
import { balances, customersDetails, details } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { recordSpans, traceparentOf } from '../telemetry/recorded-spans.ts';
import { type Harness, oauthEnv, startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** A gateway whose spans a test can read. */
async function open(env: Record<string, string> = {}, options: SandboxOptions = { members: threeMembers }) {
  const { startTrace, spans } = recordSpans();
  const harness = await startHarness(options, env, { startTrace });
  const ofKind = (kind: SpanKind) => spans.filter((span) => span.kind === kind);
  return {
    ...harness,
    spans,
    requests: () => ofKind(SpanKind.SERVER),
    calls: () => ofKind(SpanKind.CLIENT),
  };
}

const attribute = (spans: readonly ReadableSpan[], name: string) =>
  spans.map(({ attributes }) => attributes[name]);
const parents = (spans: readonly ReadableSpan[]) => spans.map((span) => span.parentSpanContext?.spanId);
const ids = (spans: readonly ReadableSpan[]) => spans.map((span) => span.spanContext().spanId);

/** The `traceparent` of each call, in the order of arrival. */
const arrived = ({ sandbox }: Pick<Harness, 'sandbox'>) =>
  sandbox.calls().map(({ headers }) => headers['traceparent']);

describe('a traced request', () => {
  it('is one span under its caller’s, with a span for each page, whose id goes upstream', async () => {
    const gateway = await open();
    const headers = {
      traceparent,
      tracestate: 'vendor=1',
      'x-request-id': 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    };
    await gateway.ask(balances, { identifier, first: 12 }, headers);
    const [request, ...others] = gateway.requests();
    expect(others).toEqual([]);
    expect(request?.spanContext().traceId).toBe(traceId);
    expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(request?.name).toBe('query');
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'graphql.operation.name': 'Balances',
      'ledger_gateway.request_id': 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      'ledger_gateway.calls.price': 2,
      'ledger_gateway.calls.made': 2,
    });
    const calls = gateway.calls();
    expect(parents(calls)).toEqual(ids([request, request].filter((span) => span !== undefined)));
    expect(attribute(calls, 'ledger_gateway.page.number').sort()).toEqual([0, 1]);
    expect(attribute(calls, 'http.response.status_code')).toEqual([200, 200]);
    const { hostname, port } = new URL(gateway.sandbox.url);
    expect(calls[0]?.name).toBe('GET /v2/pointsLedger/getCustomerLedgerBalance');
    expect(calls[0]?.attributes).toMatchObject({ 'server.address': hostname, 'server.port': Number(port) });
    expect(arrived(gateway).sort()).toEqual(calls.map(traceparentOf).sort());
    expect(gateway.sandbox.calls()[0]?.headers).not.toHaveProperty('tracestate');
    expect(gateway.sandbox.callCount()).toBe(2);
  });

  it('without an operation is one span with its error; pages and probes have no span', async () => {
    const gateway = await open();
    await gateway.post('{');
    await gateway.gateway.fetch(new Request('http://gateway.test/readyz'));
    await gateway.gateway.fetch(new Request('http://gateway.test/', { headers: { accept: 'text/html' } }));
    expect(gateway.requests().map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['GraphQL Operation', 'BAD_REQUEST'],
    ]);
    expect(gateway.sandbox.callCount()).toBe(0);
  });

  it('of a batch is one span', async () => {
    const gateway = await open();
    const query = `{ customer(identifier: { name: MOBILE, value: "${mobiles.three}" }) { userId } }`;
    await gateway.post([{ query }, { query }]);
    expect(attribute(gateway.requests(), 'ledger_gateway.operations')).toEqual([2]);
    expect(parents(gateway.calls())).toEqual(ids(gateway.requests()));
    expect(gateway.sandbox.callCount()).toBe(1);
  });

  it('ends when its client leaves, and so does its call', async () => {
    const gateway = await open();
    gateway.sandbox.setFaults([{ kind: 'hang' }]);
    const leaver = new AbortController();
    const query = `{ customer(identifier: { name: MOBILE, value: "${mobiles.three}" }) { userId } }`;
    const left = gateway.post({ query }, { signal: leaver.signal }).catch(() => 'left');
    await gateway.sandbox.until((calls) => calls.length === 1);
    leaver.abort();
    await left;
    await expect.poll(() => gateway.spans.length).toBe(2);
    expect(attribute(gateway.requests(), 'ledger_gateway.outcome')).toEqual(['aborted']);
    expect(attribute(gateway.calls(), 'error.type')).toEqual(['CANCELLED']);
    expect(gateway.sandbox.callCount()).toBe(1);
  });
});

describe('a traced call', () => {
  it('has a span for each try', async () => {
    const gateway = await open({ UPSTREAM_RETRIES: '2' });
    gateway.sandbox.setFaults([{ kind: 'server-error', times: 2 }]);
    await gateway.ask(details, { identifier });
    const calls = gateway.calls();
    expect(attribute(calls, 'http.request.resend_count')).toEqual([undefined, 1, 2]);
    expect(attribute(calls, 'error.type')).toEqual([
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_UNAVAILABLE',
      undefined,
    ]);
    expect(attribute(calls, 'http.response.status_code')).toEqual([503, 503, 200]);
    expect(new Set(ids(calls)).size).toBe(3);
    expect(arrived(gateway)).toEqual(calls.map(traceparentOf));
    expect(attribute(gateway.requests(), 'error.type')).toEqual([undefined]);
    expect(gateway.sandbox.callCount()).toBe(3);
  });

  it('has a span of its own for a token call, and for a replay with a new token', async () => {
    const gateway = await open(oauthEnv);
    await gateway.ask(details, { identifier });
    gateway.sandbox.revokeTokens();
    await gateway.ask(details, { identifier });
    const shown = gateway
      .calls()
      .map(({ name, attributes }) => [name.split(' ')[0], attributes['error.type']]);
    expect(shown).toEqual([
      ['POST', undefined],
      ['GET', undefined],
      ['GET', 'UPSTREAM_UNAUTHORIZED'],
      ['POST', undefined],
      ['GET', undefined],
    ]);
    expect(attribute(gateway.calls(), 'http.request.resend_count').at(-1)).toBe(1);
    const [first, second] = ids(gateway.requests());
    expect(parents(gateway.calls())).toEqual([first, first, second, second, second]);
    const sent = gateway.sandbox.tokenCalls().map(({ headers }) => headers['traceparent']);
    expect(sent).toEqual(
      gateway
        .calls()
        .filter(({ name }) => name.startsWith('POST'))
        .map(traceparentOf),
    );
    expect(gateway.sandbox.callCount()).toBe(3);
  });

  it('that two requests share is under the first request, and the second one is marked as sharing', async () => {
    const gateway = await open();
    gateway.sandbox.setFaults([{ kind: 'latency', ms: 30 }]);
    await Promise.all([1, 2].map(() => gateway.ask(details, { identifier })));
    expect(gateway.calls()).toHaveLength(1);
    const [own, shared] = [1, 0].map((made) =>
      gateway.requests().find(({ attributes }) => attributes['ledger_gateway.calls.made'] === made),
    );
    expect(parents(gateway.calls())).toEqual([own?.spanContext().spanId]);
    expect(shared?.attributes['ledger_gateway.calls.shared']).toBe(1);
    expect(gateway.sandbox.callCount()).toBe(1);
  });

  it('shows how long it waited for a connection', async () => {
    const gateway = await open({ UPSTREAM_MAX_CONCURRENCY: '1' });
    gateway.sandbox.setFaults([{ kind: 'latency', ms: 20 }]);
    const identifiers = [mobiles.twelve, mobiles.three].map(byMobile);
    await gateway.ask(customersDetails, { identifiers });
    const [none, waited] = attribute(gateway.calls(), 'ledger_gateway.wait.connection_ms');
    expect(none).toBeUndefined();
    expect(waited).toBeGreaterThan(15);
    expect(gateway.sandbox.callCount()).toBe(2);
  });

  it('has no span when it does not go out', async () => {
    const gateway = await open({ UPSTREAM_CALLS_PER_MINUTE: '1' });
    await gateway.ask(details, { identifier });
    await gateway.ask(details, { identifier: byMobile(mobiles.three) });
    expect(gateway.calls()).toHaveLength(1);
    expect(attribute(gateway.requests(), 'error.type')).toEqual([undefined, 'RATE_LIMITED']);
    expect(gateway.sandbox.callCount()).toBe(1);
  });
});

describe('spans', () => {
  it('never name a customer, a credential, a filter or a cursor, whatever happens', async () => {
    const secrets = {
      name: 'Zebediah',
      mobile: '447700955512',
      account: 'account-5551',
      till: 'till-5552',
      currency: 'Currency5553',
      authorization: 'Bearer caller-5554',
      key: demoCredentials.oauth.key,
      secret: demoCredentials.oauth.secret,
      id: '',
    };
    const member = numberedMember(secrets.mobile, { firstName: secrets.name, ledger: numberedLedger(12) });
    const gateway = await open({ ...oauthEnv, UPSTREAM_TIMEOUT_MS: '50' }, { members: [member] });
    const headers = { authorization: secrets.authorization };
    const one = { ...byMobile(secrets.mobile), accountId: secrets.account };
    const filter = { tillId: secrets.till, currencies: [secrets.currency] };
    secrets.id =
      (await gateway.ask(balances, { identifier: byMobile(secrets.mobile) })).data?.customer?.id ?? '';
    for (const kind of [
      'server-error',
      'reset',
      'hang',
      'html',
      'cut-json',
      'unauthorized',
      'refusal',
    ] as const) {
      gateway.sandbox.setFaults([{ kind }]);
      await gateway.ask(balances, { identifier: one, ...filter, first: 12 }, headers);
    }
    await gateway.ask(`query Of${secrets.mobile} { node(id: "${secrets.id}x") { id } }`);
    await gateway.post({ query: '{ __typename }', operationName: secrets.mobile });
    const shown = JSON.stringify(
      gateway.spans.map(({ name, attributes, events, status, links, resource }) => {
        return { name, attributes, events, status, links, resource: resource.attributes };
      }),
    );
    expect(secrets.id).not.toBe('');
    for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
    expect(gateway.requests()).toHaveLength(10);
    expect(gateway.calls().length).toBe(gateway.sandbox.callCount() + gateway.sandbox.tokenCalls().length);
  });
});

describe('without tracing', () => {
  it('a caller’s own traceparent goes upstream unchanged', async () => {
    const { ask, sandbox } = await startHarness({ members: threeMembers });
    await ask(details, { identifier }, { traceparent });
    await ask(details, { identifier: byMobile(mobiles.three) });
    expect(arrived({ sandbox })).toEqual([traceparent, undefined]);
    expect(sandbox.callCount()).toBe(2);
  });
});
