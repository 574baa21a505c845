/** What spans say: the semantic conventions' names, the contract's codes, and nothing that a client could choose. */

import { describe, expect, it } from 'vitest';
import type { OperationEnd } from '../../src/telemetry/operation-line.ts';
import { describeCall, describeCallEnd, describeRequest } from '../../src/telemetry/trace-attributes.ts';

const ended: OperationEnd = {
  name: 'Balances',
  type: 'query',
  durationMs: 12,
  upstreamCalls: 2,
  sharedCalls: 1,
  keptAnswers: 3,
  price: 6,
  hasData: true,
  isAborted: false,
  errorCodes: [],
  status: 200,
  requestId: 'request-1',
};

const call = {
  method: 'GET',
  origin: 'https://upstream.example',
  path: '/v2/page',
  page: { pageNumber: 3, limit: 10 },
  resends: 0,
  budgetWaitMs: 0.4,
  slotWaitMs: 0,
} as const;

describe('the span of a request', () => {
  it('is named by the type of its operation, and tells what it cost', () => {
    expect(describeRequest('POST', [ended])).toEqual({
      name: 'query',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Balances',
        'ledger_gateway.operations': 1,
        'ledger_gateway.outcome': 'ok',
        'ledger_gateway.request_id': 'request-1',
        'ledger_gateway.calls.price': 6,
        'ledger_gateway.calls.made': 2,
        'ledger_gateway.calls.shared': 1,
        'ledger_gateway.calls.kept': 3,
      },
      isFlawed: false,
    });
  });

  it.each([
    ['a run of digits in its name', { name: 'Of447700900012' }, { 'graphql.operation.name': 'Of#' }],
    ['an address as its name', { name: 'a@example.com' }, { 'graphql.operation.name': undefined }],
    ['another id than ours', { requestId: 'a b' }, { 'ledger_gateway.request_id': undefined }],
    ['a code of nobody', { errorCodes: ['447700900012'] }, { 'error.type': 'INTERNAL_SERVER_ERROR' }],
  ])('leaves out what could name somebody: %s', (_, over, attributes) => {
    const told = describeRequest('POST', [{ ...ended, ...over }]).attributes;
    for (const [name, value] of Object.entries(attributes)) expect(told[name]).toBe(value);
  });

  it('of a batch has what its members have in common', () => {
    const { name, attributes } = describeRequest('POST', [ended, { ...ended, name: 'Other' }]);
    expect(name).toBe('query');
    expect(attributes).toMatchObject({ 'graphql.operation.type': 'query', 'ledger_gateway.operations': 2 });
    expect(attributes).not.toHaveProperty('graphql.operation.name');
    const mixed = describeRequest('POST', [ended, { ...ended, type: undefined }]);
    expect(mixed.name).toBe('GraphQL Operation');
    expect(mixed.attributes).not.toHaveProperty('graphql.operation.type');
  });

  it('knows the two methods that carry operations, and no other word of a client’s', () => {
    expect(describeRequest('GET', [ended]).attributes['http.request.method']).toBe('GET');
    expect(describeRequest('447700', [ended]).attributes['http.request.method']).toBe('_OTHER');
  });

  it('is no more than a name when there was no operation', () => {
    expect(describeRequest('POST', [])).toEqual({
      name: 'GraphQL Operation',
      attributes: {},
      isFlawed: false,
    });
  });

  it.each([
    ['UPSTREAM_TIMEOUT', true],
    ['RATE_LIMITED', true],
    ['INTERNAL_SERVER_ERROR', true],
    ['BAD_USER_INPUT', false],
    ['OPERATION_TOO_EXPENSIVE', false],
  ])('has %s as its type of error, as the first of several; a flaw of ours: %s', (code, isFlawed) => {
    const told = describeRequest('POST', [{ ...ended, errorCodes: [code, 'BAD_REQUEST'] }]);
    expect([told.attributes['error.type'], told.isFlawed]).toEqual([code, isFlawed]);
  });
});

describe('the span of a call', () => {
  it('is named by method and path, and tells the page; waits and repeats only where there were any', () => {
    expect(describeCall(call)).toEqual({
      name: 'GET /v2/page',
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/v2/page',
        'server.address': 'upstream.example',
        'server.port': 443,
        'ledger_gateway.page.number': 3,
        'ledger_gateway.page.limit': 10,
      },
    });
    const { page: _, ...token } = call;
    const waited = {
      ...token,
      origin: 'http://10.0.0.1:8080',
      resends: 2,
      budgetWaitMs: 12.34,
      slotWaitMs: 1,
    };
    expect(describeCall(waited).attributes).toEqual({
      'http.request.method': 'GET',
      'url.template': '/v2/page',
      'server.address': '10.0.0.1',
      'server.port': 8080,
      'http.request.resend_count': 2,
      'ledger_gateway.wait.budget_ms': 12.3,
      'ledger_gateway.wait.connection_ms': 1,
    });
  });

  it.each([
    ['OK', 200, { 'http.response.status_code': 200 }, false],
    ['NO_SUCH_CUSTOMER', 400, { 'http.response.status_code': 400 }, false],
    ['CANCELLED', undefined, { 'error.type': 'CANCELLED' }, false],
    [
      'UPSTREAM_BAD_RESPONSE',
      200,
      { 'http.response.status_code': 200, 'error.type': 'UPSTREAM_BAD_RESPONSE' },
      true,
    ],
    ['UPSTREAM_TIMEOUT', undefined, { 'error.type': 'UPSTREAM_TIMEOUT' }, true],
  ])('that ends with %s (%s) says so', (outcome, status, attributes, isFlawed) => {
    expect(describeCallEnd(outcome, status)).toEqual({ attributes, isFlawed });
  });
});
