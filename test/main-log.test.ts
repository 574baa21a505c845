/** The log of the real process: with any standard output, every operation is answered and the process ends. */
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { endpointOf, type GatewayProcess, spawnGateway } from './main-process.ts';

const operation = '{ __typename }';

/** Posts so many operations in batches of ten, each with its own log line. Returns how many were answered. */
const countAnswered = async (endpoint: string, count: number): Promise<number> => {
  const body = JSON.stringify(Array.from({ length: 10 }, () => ({ query: operation })));
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  let answered = 0;
  for (let asked = 0; asked < count; asked += 100) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(endpoint, init)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    answered += texts.join('').match(/"data":/g)?.length ?? 0;
  }
  return answered;
};

const droppedLines = async (endpoint: string): Promise<number> => {
  const text = await fetch(new URL('/metrics', endpoint)).then((response) => response.text());
  return Number(/^ledger_gateway_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
};

const statusOf = async (endpoint: string, path: string): Promise<number> =>
  (await fetch(new URL(path, endpoint))).status;

/** Stops a gateway. Returns its exit code, and how many milliseconds it took. */
const end = async (gateway: GatewayProcess) => {
  const startedAt = performance.now();
  gateway.kill('SIGTERM');
  return { code: await gateway.ended, ms: performance.now() - startedAt };
};

describe('a standard output that nobody reads', () => {
  it('delays no operation and no probe, costs counted lines, and does not delay the stop', async () => {
    const gateway = spawnGateway({ LOG_BUFFER_BYTES: '65536', SHUTDOWN_TIMEOUT_MS: '5000' });
    const endpoint = await endpointOf(gateway);
    gateway.stopReading();
    expect(await countAnswered(endpoint, 3000)).toBe(3000);
    expect(await statusOf(endpoint, '/livez')).toBe(200);
    expect(await statusOf(endpoint, '/readyz')).toBe(200);
    expect(await droppedLines(endpoint)).toBeGreaterThan(100);
    const ending = gateway.exited;
    const startedAt = performance.now();
    gateway.kill('SIGTERM');
    expect(await ending).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });

  it('gets the number of dropped lines once, when a reader is back', async () => {
    const gateway = spawnGateway({ LOG_BUFFER_BYTES: '65536' });
    const endpoint = await endpointOf(gateway);
    gateway.stopReading();
    expect(await countAnswered(endpoint, 3000)).toBe(3000);
    const dropped = await droppedLines(endpoint);
    gateway.readOn();
    const [line] = await gateway.said(/^\{.*"msg":"log lines were dropped"\}$/m);
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', lines: dropped });
    const { code } = await end(gateway);
    expect(code).toBe(0);
    expect(gateway.stdout()).toContain('"msg":"stopped"');
    expect(gateway.stdout().match(/log lines were dropped/g)).toHaveLength(1);
  });
});

/** A port that was free a moment ago, for a gateway that cannot say where it listens. */
const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
};

describe('a standard output that cannot be written to', () => {
  it.each([
    ['a full disk', () => openSync('/dev/full', 'w')],
    ['a pipe whose reader has gone', 'gone'],
  ] as const)('%s stops no operation, and every lost line is counted', async (_, output) => {
    const port = await freePort();
    const env = { PORT: port, NODE_ENV: 'production' };
    const gateway = spawnGateway(env, output === 'gone' ? 'pipe' : output());
    if (output === 'gone') gateway.closeReader();
    const endpoint = `http://127.0.0.1:${port}/graphql`;
    await expect.poll(() => statusOf(endpoint, '/livez').catch(() => 0), { timeout: 20_000 }).toBe(200);
    expect(await countAnswered(endpoint, 200)).toBe(200);
    await expect.poll(() => droppedLines(endpoint)).toBeGreaterThanOrEqual(200);
    expect((await end(gateway)).code).toBe(0);
  });
});
