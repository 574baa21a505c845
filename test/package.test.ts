/** The packed package, installed in an empty folder without a network: what `npx ledger-balance-gateway sandbox` starts. */

import { isAscii } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../.ci/bundle.ts';
import { writePackage } from '../.ci/package.ts';
import { startRedis } from './store/redis-server.ts';
import { startCollector } from './telemetry/collector.ts';

const folder = mkdtempSync(join(tmpdir(), 'packed-'));
const command = join(folder, 'node_modules/.bin/ledger-balance-gateway');
afterAll(() => rmSync(folder, { recursive: true }));

function npm(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
}

beforeAll(async () => {
  const packed = join(folder, 'bundles');
  await bundle(['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'], 'src', packed);
  writePackage(packed);
  npm('pack', packed, '--silent');
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  npm('install', '--offline', '--no-audit', '--no-fund', `./${tarball}`);
});

/** Starts the command, and resolves with the addresses that it prints. The process ends with the test. */
async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  let failed = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    failed += text;
  });
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text;
    if (printed.includes('Stop with Ctrl-C.')) break;
  }
  const [, url = ''] = /Start here +(\S+)/.exec(printed) ?? [];
  const [, control = ''] = /Sandbox +(\S+)/.exec(printed) ?? [];
  expect(url, failed).not.toBe('');
  return { child, url, control };
}

const freePorts = ['--port', '0', '--control-port', '0'];

async function ask(url: string, headers = {}) {
  const query = '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { firstName } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return await response.json();
}

const amara = { data: { customer: { firstName: 'Amara' } } };

describe('the packed package', () => {
  it('needs no other package', () => {
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'bundles/package.json'), 'utf8'));
    expect(dependencies).toBeUndefined();
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'ledger-balance-gateway',
    ]);
  });

  it('keeps its programs in memory with one byte for each character, and without the library of Redis', () => {
    const programs = readdirSync(join(folder, 'bundles')).filter((name) => /^(main|chunk).*\.js$/.test(name));
    for (const name of programs) {
      const bytes = readFileSync(join(folder, 'bundles', name));
      expect([name, isAscii(bytes), bytes.includes('@redis/client')]).toEqual([name, true, false]);
    }
  });

  it('runs gateway, GraphiQL and sandbox in one process, which a reset brings back to its start', async () => {
    const { child, url, control } = await start(['sandbox', ...freePorts]);
    expect(await ask(url)).toEqual(amara);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const path of [
      '/graphql/graphiql.js',
      '/README.md',
      '/docs/clients.md',
      '/docs/errors.md',
      '/docs/sandbox.md',
    ])
      expect((await fetch(url + path)).status, path).toBe(200);
    const fault = { kind: 'rate-limited', retryAfter: 45 };
    await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(fault) });
    expect(await ask(url)).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await fetch(`${control}/reset`, { method: 'POST' });
    expect(await ask(url)).toEqual(amara);
    const { ledger } = await (await fetch(`${control}/calls`)).json();
    expect(ledger.count).toBe(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('loads the libraries of Redis and of traces when the settings need them', async () => {
    const [redis, collector] = [await startRedis(), await startCollector()];
    const { child, url, control } = await start([], {
      PORT: '0',
      SANDBOX_PORT: '0',
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    expect(await ask(url)).toEqual(amara);
    expect((await (await fetch(`${control}/calls`)).json()).ledger.count).toBe(1);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('sharing_state{state="shared"} 1');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(collector.spans().map(({ name }) => name)).toEqual([
      'GET /v2/pointsLedger/getCustomerLedgerBalance',
      'query',
    ]);
  });

  it('serves without a Redis that is away', async () => {
    const redis = await startRedis();
    await redis.kill();
    const ports = { PORT: '0', SANDBOX_PORT: '0' };
    const { url, control } = await start([], { ...ports, REDIS_URL: redis.url });
    expect(await ask(url)).toEqual(amara);
    expect((await (await fetch(`${control}/calls`)).json()).ledger.count).toBe(1);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('sharing_state{state="alone"} 1');
  });

  it('opens both ports to other machines in a container, with GraphiQL in spite of production', async () => {
    const container = { NODE_ENV: 'production', HOST: '0.0.0.0', UPSTREAM_URL: 'https://eu.example' };
    const { url, control } = await start(['sandbox', ...freePorts], container);
    const html = { headers: { accept: 'text/html' } };
    expect(await (await fetch(`${url}/graphql`, html)).text()).toContain('GraphiQL');
    const { headers } = await fetch(`${url}/sandbox`, { redirect: 'manual' });
    expect(headers.get('location')).toBe(control);
    expect((await fetch(control, html)).headers.get('content-type')).toContain('text/html');
    expect(await ask(url)).toEqual(amara);
    expect((await (await fetch(`${control}/calls`)).json()).ledger.count).toBe(1);
  });

  it.each([
    [['--help'], 0, /^Usage: ledger-balance-gateway/, /^$/],
    [['sandbox', '--prot', '1'], 1, /^$/, /'--prot'.*Usage:/s],
    [['sandbox', '--control-port', 'x'], 1, /^$/, /SANDBOX_PORT: got "x"/],
  ])('prints help, or what is wrong, for %j', (args, code, stdout, stderr) => {
    const ended = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    expect([ended.status, ended.stdout, ended.stderr]).toEqual([
      code,
      expect.stringMatching(stdout),
      expect.stringMatching(stderr),
    ]);
  });
});
