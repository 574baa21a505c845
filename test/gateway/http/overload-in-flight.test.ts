/** What the requests of one address, and the bodies of all, may hold: more is refused, and others are served. */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Harness, startHarness } from '../harness.ts';
import { serve } from '../listening.ts';
import { threeMembers } from '../members.ts';
import { scrape } from '../scrape.ts';

type Headers = Readonly<Record<string, string>>;

const start = async (env: Readonly<Record<string, string>>) => {
  const harness = await startHarness({ members: threeMembers }, env);
  const url = await serve(harness);
  const port = Number(new URL(url).port);
  const gauge = async (name: string) => (await scrape(harness.gateway)).get(`ledger_gateway_${name}`);
  const inFlight = () => gauge('requests_in_flight');

  /** Sends the headers of a request and one byte of its body; resolves when the gateway counts it. */
  const sendHalf = async (address: string, headers: Headers, firstByte = '{') => {
    const before = (await inFlight()) ?? 0;
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    onTestFinished(() => void socket.destroy());
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines];
    socket.write([...head, '', firstByte].join('\r\n'));
    await expect.poll(inFlight).toBe(before + 1);
    return socket;
  };
  /** The status of a light operation from an address, with so many bytes of body. */
  const ask = (address: string, headers: Headers = {}, bytes = 0) =>
    new Promise<number | undefined>((resolve, reject) => {
      const agent = new Agent({ localAddress: address });
      const all = { 'content-type': 'application/json', ...headers };
      const sent = request(url, { agent, method: 'POST', headers: all }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      sent.once('error', reject).end('{"query":"{ __typename }"}'.padEnd(bytes));
    });
  return { ...harness, gauge, inFlight, sendHalf, ask };
};

const shed = async (harness: Pick<Harness, 'gateway'>, reason: string) =>
  (await scrape(harness.gateway)).get(`ledger_gateway_requests_shed_total{reason="${reason}"}`);

describe('an address', () => {
  it('may have half of MAX_REQUESTS_IN_FLIGHT open, and is then OVERLOADED while others are served', async () => {
    const harness = await start({ MAX_REQUESTS_IN_FLIGHT: '10' });
    const { ask, sendHalf, inFlight } = harness;
    const sockets: Socket[] = [];
    for (let n = 0; n < 5; n += 1) sockets.push(await sendHalf('127.0.0.1', { 'Content-Length': '10' }));
    expect(await ask('127.0.0.1')).toBe(503);
    expect(await ask('127.0.0.2')).toBe(200);
    expect(await shed(harness, 'address')).toBe(1);
    for (const socket of sockets) socket.destroy();
    await expect.poll(inFlight).toBe(0);
    expect(await ask('127.0.0.1')).toBe(200);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is taken from a trusted proxy', async () => {
    const { ask, sendHalf, sandbox } = await start({ MAX_REQUESTS_IN_FLIGHT: '10', TRUSTED_PROXIES: '1' });
    const from = (address: string) => ({ 'X-Forwarded-For': `made up, ${address}` });
    for (let n = 0; n < 5; n += 1)
      await sendHalf('127.0.0.1', { ...from('198.51.100.1'), 'Content-Length': '10' });
    expect(await ask('127.0.0.1', from('198.51.100.1'))).toBe(503);
    expect(await ask('127.0.0.1', from('198.51.100.2'))).toBe(200);
    expect(sandbox.callCount()).toBe(0);
  });

  it('is not taken from a header that a client forges', async () => {
    const { ask, sendHalf, sandbox } = await start({ MAX_REQUESTS_IN_FLIGHT: '10' });
    for (let n = 0; n < 5; n += 1)
      await sendHalf('127.0.0.1', { 'X-Forwarded-For': `198.51.100.${n}`, 'Content-Length': '10' });
    expect(await ask('127.0.0.1', { 'X-Forwarded-For': '198.51.100.9' })).toBe(503);
    expect(sandbox.callCount()).toBe(0);
  });
});

describe('the bodies of requests in flight', () => {
  const env = { MAX_BODY_BYTES_IN_FLIGHT: '131072', MAX_BODY_BYTES: '65536' };
  const large = { 'Content-Length': '60000' };

  it('count by their declared length: beyond the bound, requests with large bodies are OVERLOADED, others are served', async () => {
    const harness = await start(env);
    const { ask, sendHalf, gauge } = harness;
    const sockets = [await sendHalf('127.0.0.1', large), await sendHalf('127.0.0.2', large)];
    expect(await gauge('request_body_bytes')).toBe(120_000);
    expect(await ask('127.0.0.3', {}, 16_385)).toBe(503);
    expect(await ask('127.0.0.3', { 'transfer-encoding': 'chunked' })).toBe(503);
    expect(await shed(harness, 'bodies')).toBe(2);
    expect(await ask('127.0.0.3', {}, 16_384)).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => gauge('request_body_bytes')).toBe(0);
    expect(await ask('127.0.0.3', {}, 60_000)).toBe(200);
    expect(await ask('127.0.0.3', { 'transfer-encoding': 'chunked' })).toBe(200);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('may take half of the bound for one address', async () => {
    const { ask, sendHalf, sandbox } = await start(env);
    await sendHalf('127.0.0.1', large);
    expect(await ask('127.0.0.1', {}, 20_000)).toBe(503);
    expect(await ask('127.0.0.2', {}, 20_000)).toBe(200);
    expect(sandbox.callCount()).toBe(0);
  });

  it('count as the largest body when they come in chunks, and one of them is accepted even under a smaller bound', async () => {
    const { ask, sendHalf, gauge, sandbox } = await start({ MAX_BODY_BYTES_IN_FLIGHT: '65536' });
    const socket = await sendHalf('127.0.0.1', { 'Transfer-Encoding': 'chunked' }, '1\r\n{\r\n');
    expect(await gauge('request_body_bytes')).toBe(262_144);
    expect(await ask('127.0.0.2', {}, 20_000)).toBe(503);
    socket.destroy();
    await expect.poll(() => gauge('request_body_bytes')).toBe(0);
    expect(sandbox.callCount()).toBe(0);
  });

  it('are refused as too long, not as OVERLOADED, when one declares more than MAX_BODY_BYTES', async () => {
    const { ask, sandbox } = await start(env);
    expect(await ask('127.0.0.1', {}, 70_000)).toBe(413);
    expect(await ask('127.0.0.1', {}, 60_000)).toBe(200);
    expect(sandbox.callCount()).toBe(0);
  });
});
