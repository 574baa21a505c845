/** The command against the sandbox, and against upstreams that page differently: its lines, exit code and calls. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { mobile, runVerify } from './command-run.ts';
import { type Cut, fixedCut, names, startPaperUpstream } from './paper-upstream.ts';

const gaps = [1, 4, 5, 8, 12, 13, 19, 21];
const shortPages = [numberedMember(mobile, { ledger: numberedLedger(23, gaps) })];
const fullPages = [numberedMember(mobile, { ledger: numberedLedger(137) })];

async function openSandbox(options: SandboxOptions) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function settingsIn(text: string) {
  return [...text.matchAll(/UPSTREAM_(?:MAX_LIMIT|FIXED_PAGES)=(\w+)/g)].map(([, value]) => value);
}

describe('an upstream with fixed positions', () => {
  it.each<[string, SandboxOptions, limit: string, calls: number]>([
    ['caps at 10', { maxLimit: 10 }, '10', 9],
    ['refuses more than 10', { maxLimit: 10, overLimit: 'reject' }, '10', 10],
    ['gives 100', { maxLimit: 100 }, '100', 10],
    ['caps at 50', { maxLimit: 50 }, '50', 10],
    ['caps at 4', { maxLimit: 4 }, '4', 9],
    ['caps at 1', { maxLimit: 1 }, '1', 6],
    ['sends failures with status 200', { overLimit: 'reject', failureStatus: 200 }, '10', 10],
  ])('that %s is as assumed', async (_, options, limit, calls) => {
    const sandbox = await openSandbox({ ...options, members: shortPages });
    const { exitCode, text } = await runVerify(sandbox.url);
    expect(text).toContain('As assumed');
    expect(settingsIn(text)).toEqual([limit, 'false']);
    expect(exitCode).toBe(0);
    expect(sandbox.callCount()).toBe(calls);
  });

  it('gets one call for limit 100; each call is printed with its counts, never with the customer', async () => {
    const sandbox = await openSandbox({ members: shortPages });
    const { text } = await runVerify(sandbox.url);
    expect(sandbox.calls().filter(({ query }) => query['limit'] === '100')).toHaveLength(1);
    for (const { query } of sandbox.calls()) {
      expect(text).toMatch(new RegExp(`limit=${query['limit']} offset=${query['offset']} +\\d+ entries`));
    }
    expect(text).not.toMatch(new RegExp(`${mobile}|Category|Default Program|Member|\\d\\.000`));
    expect(sandbox.callCount()).toBe(9);
  });

  it('is left open by a customer without a short page: the command says whom to choose, and the settings so far', async () => {
    const sandbox = await openSandbox({ members: fullPages, maxLimit: 100 });
    const { exitCode, text } = await runVerify(sandbox.url);
    expect(text).toMatch(/no page came short[\s\S]*shows\nfewer entries than its pageSize/);
    expect([settingsIn(text), exitCode, sandbox.callCount()]).toEqual([['100', 'false'], 2, 10]);
  });

  it.each([0, 1, 7, 10])('is left open by a customer with %i entries: the command says so', async (count) => {
    const sandbox = await openSandbox({
      members: [numberedMember(mobile, { ledger: numberedLedger(count) })],
    });
    const { exitCode, text } = await runVerify(sandbox.url);
    expect(text).toContain('too few entries');
    expect([settingsIn(text), exitCode]).toEqual([[], 2]);
    expect(sandbox.callCount()).toBeLessThanOrEqual(10);
  });
});

const list = names(137);
const withHoles = names(60).map((name, position) => (position % 7 === 3 ? null : name));

/** Rows of a ledger in which several belong to one category. Grouping them page by page gives contradictory pages. */
const rows = Array.from({ length: 60 }, (_, row) => `Category ${(row * 3) % 8}`);

const hostile: Readonly<Record<string, Cut>> = {
  'groups the rows of each page': (limit, pageNumber, call) => {
    const page = fixedCut(rows)(limit, pageNumber, call);
    return { ...page, names: [...new Set(page.names)] };
  },
  'drops the last row of each page': (limit, pageNumber, call) => {
    const page = fixedCut(list)(limit, pageNumber, call);
    return { ...page, names: page.names.slice(0, -1) };
  },
  'fills a page up with what follows': (limit, pageNumber, call) => {
    const page = fixedCut(withHoles)(limit, pageNumber, call);
    const rest = withHoles.slice(page.pageSize * pageNumber).filter((name) => name !== null);
    return { ...page, names: rest.slice(0, page.pageSize) };
  },
  'gives pages of ten whatever is asked': (_, pageNumber, call) => fixedCut(list)(10, pageNumber, call),
  'counts in the total what it shows': (limit, pageNumber, call) => {
    const page = fixedCut(withHoles)(limit, pageNumber, call);
    return { ...page, totalEntries: page.totalEntries - page.pageSize };
  },
};

describe('an upstream without fixed positions', () => {
  it.each(Object.entries(hostile))('that %s is detected', async (_, cut) => {
    const upstream = await startPaperUpstream(cut);
    const { exitCode, text } = await runVerify(upstream.url);
    expect(text).toMatch(/Not as assumed[^\n]*\n {2}limit=\d+, page \d/);
    expect(settingsIn(text)).toEqual(['10', 'true']);
    expect(exitCode).toBe(1);
    expect(text).not.toContain('Category');
    expect(upstream.calls.length).toBeLessThanOrEqual(10);
  });

  it('names the pages that disagree, and how many entries they show', async () => {
    const upstream = await startPaperUpstream(hostile['drops the last row of each page'] ?? fixedCut([]));
    const { text } = await runVerify(upstream.url);
    expect(text).toContain(
      '\n  limit=10, page 0 shows 9 entries that do not fit limit=5, pages 0, 1 (4 + 4)\n',
    );
    expect(upstream.calls).toHaveLength(9);
  });

  it('is not helped by any setting when `offset` counts entries', async () => {
    const upstream = await startPaperUpstream((limit, offset) => {
      const pageSize = Math.min(limit, 10);
      return {
        names: list.slice(offset, offset + pageSize),
        pageNumber: offset,
        pageSize,
        totalEntries: 137,
      };
    });
    const { exitCode, text } = await runVerify(upstream.url);
    expect(text).toContain('`offset` counts entries here, not pages');
    expect([settingsIn(text), exitCode, upstream.calls.length]).toEqual([[], 1, 9]);
  });
});

describe('an upstream that shows less than it claims', () => {
  it.each([10, 50, 98])('and shows %i of 100 gets a limit of ten', async (most) => {
    const positions = names(137).map((name, position) => (position === 4 ? null : name));
    const upstream = await startPaperUpstream((limit, pageNumber, call) => {
      const page = fixedCut(positions, 100)(limit, pageNumber, call);
      return { ...page, names: page.names.slice(0, most) };
    });
    const { exitCode, text } = await runVerify(upstream.url);
    expect([settingsIn(text), exitCode, upstream.calls.length]).toEqual([['10', 'false'], 0, 10]);
  });
});

describe('a list that changes while it is read', () => {
  it.each([2, 4, 6, 8, 9])(
    'from call %i on does not count as one without fixed positions',
    async (change) => {
      const upstream = await startPaperUpstream((limit, pageNumber, call) =>
        fixedCut(call < change ? withHoles : ['New', ...withHoles])(limit, pageNumber, call),
      );
      const { exitCode, text } = await runVerify(upstream.url);
      expect(text).toContain('changed while it was read. Run again.');
      expect([settingsIn(text), exitCode]).toEqual([[], 2]);
      expect(upstream.calls.length).toBeLessThanOrEqual(10);
    },
  );
});

describe('a call that fails', () => {
  it('ends the run with its code, and says when to run again', async () => {
    const sandbox = await openSandbox({ members: shortPages, callsPerMinute: 3 });
    const { exitCode, text } = await runVerify(sandbox.url);
    expect(text).toMatch(/RATE_LIMITED\n\nCould not tell: a call failed \(RATE_LIMITED\).*after \d+ seconds/);
    expect([exitCode, sandbox.callCount()]).toEqual([2, 4]);
  });

  it('does not count as a refused limit when the customer is refused', async () => {
    const sandbox = await openSandbox({});
    const { exitCode, text } = await runVerify(sandbox.url, ['--external-id', 'merged']);
    expect(text).toContain('(CUSTOMER_MERGED)');
    expect([exitCode, sandbox.callCount()]).toEqual([2, 1]);
  });

  it('is reported when even limit 10 is refused', async () => {
    const sandbox = await openSandbox({ members: shortPages, maxLimit: 4, overLimit: 'reject' });
    const { exitCode, text } = await runVerify(sandbox.url);
    expect(text).toMatch(/limit=100 offset=0 +UPSTREAM_REJECTED\n +limit=10 offset=0 +UPSTREAM_REJECTED\n/);
    expect([exitCode, sandbox.callCount()]).toEqual([2, 2]);
  });

  it('is not reported when there is no such customer', async () => {
    const sandbox = await openSandbox({ members: shortPages });
    const { exitCode, text } = await runVerify(sandbox.url, ['--mobile', '447700900999']);
    expect(text).toMatch(/no such customer\n\nCould not tell: there is no such customer/);
    expect([exitCode, sandbox.callCount()]).toEqual([2, 1]);
  });
});

describe('missing arguments and settings', () => {
  it('are all reported, with the usage, before any call', async () => {
    const upstream = await startPaperUpstream(fixedCut(withHoles));
    const { exitCode, text } = await runVerify(upstream.url, [], { UPSTREAM_BASIC_PASSWORD: '' });
    expect(text).toMatch(/^UPSTREAM_BASIC_USER and .*\nCustomer: got 0, takes one\.\n\nUsage: npm run /);
    expect([exitCode, upstream.calls.length]).toEqual([2, 0]);
  });
});

describe('the credentials that go upstream are', () => {
  const none = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '' };
  const { user, password } = demoCredentials.basic;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['the service’s', {}, { authorization }],
    ['a caller’s', { ...none, VERIFY_AUTHORIZATION: authorization }, { authorization }],
    ['a token', { ...none, VERIFY_OAUTH_TOKEN: 'token-1' }, { 'x-cap-api-oauth-token': 'token-1' }],
    [
      'a token of a file',
      { ...none, VERIFY_OAUTH_TOKEN_FILE: '/t' },
      { 'x-cap-api-oauth-token': 'from-a-file' },
    ],
  ])('%s', async (_, env, headers) => {
    const upstream = await startPaperUpstream(fixedCut(withHoles));
    expect((await runVerify(upstream.url, ['--mobile', mobile], env)).exitCode).toBe(0);
    for (const call of upstream.calls) expect(call.headers).toMatchObject(headers);
  });
});
