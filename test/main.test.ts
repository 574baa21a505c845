/** The start: the lines for a person, the lines of the log, and the problems that prevent a start. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../src/sandbox/server.ts';
import { endpointOf, post, spawnGateway } from './main-process.ts';

const secret = 'never-shown-'.repeat(4);
const someone = '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { userId } }';

describe('the start without settings', () => {
  it('has a link to open, and answers from the sandbox with one call', async () => {
    const gateway = spawnGateway({ SANDBOX_URL: 'of another program' });
    const endpoint = await endpointOf(gateway);
    expect(gateway.stdout()).toContain('built-in sandbox');
    expect(gateway.stdout()).toContain('Mind: SANDBOX_URL: there is no such setting');
    const response = await post(endpoint, someone);
    expect(await response.json()).toEqual({ data: { customer: { userId: expect.stringMatching(/^\d+$/) } } });
    const [line] = await gateway.said(/^\{.*"operation".*\}$/m);
    expect(JSON.parse(line)).toMatchObject({ outcome: 'ok', upstreamCalls: 1 });
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(gateway.stderr()).toBe('');
  });
});

describe('the start in production', () => {
  it('is one line of JSON besides warnings, with the upstream’s host and the mode of credentials', async () => {
    const sandbox = await startSandbox();
    const gateway = spawnGateway({
      NODE_ENV: 'production',
      UPSTREAM_URL: `${sandbox.url}/prefix`,
      ID_SECRET: secret,
      UPSTREAM_TIMEOUT: '2',
    });
    await endpointOf(gateway);
    const lines = gateway
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', warning: expect.stringMatching(/^UPSTREAM_TIMEOUT/) }),
      expect.objectContaining({ msg: 'listening', mode: 'forward', upstreamHost: new URL(sandbox.url).host }),
    ]);
    expect(gateway.stdout()).not.toMatch(/never-shown|prefix/);
    gateway.kill('SIGINT');
    expect(await gateway.ended).toBe(0);
    expect(sandbox.callCount()).toBe(0);
    await sandbox.close();
  });
});

describe('no start', () => {
  it('names every problem on the standard error, shows no secret, and ends with 1', async () => {
    const gateway = spawnGateway({
      PORT: 'abc',
      UPSTREAM_URL: 'https://upstream.example',
      UPSTREAM_BASIC_USER: 'till',
      UPSTREAM_BASIC_PASSWORD: 'never-shown',
      JWT_SECRET: 'never-shown',
    });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stdout()).toBe('');
    expect(
      gateway
        .stderr()
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(':')[0]),
    ).toEqual(['The settings do not allow a start', 'PORT', 'ALLOW_ANONYMOUS', 'JWT_SECRET']);
    expect(gateway.stderr()).not.toContain('never-shown');
  });

  it('reads secrets from files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const path = join(folder, 'secret');
    await writeFile(path, 'too short\n');
    const gateway = spawnGateway({ ID_SECRET_FILE: path, ID_SECRET_PREVIOUS_FILE: folder });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr()).toMatch(
      /ID_SECRET_FILE: got 9 characters[^\n]*\n *ID_SECRET_PREVIOUS_FILE: [^\n]*\(EISDIR\)/,
    );
    await rm(folder, { recursive: true });
  });

  it.each(['PORT', 'SANDBOX_PORT'])('says in one line that %s is taken', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const gateway = spawnGateway({ [variable]: String(port) });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr()).toMatch(
      new RegExp(
        `^Cannot listen on 127\\.0\\.0\\.1, port ${port}: it is taken; set ${variable} [^\n]*\\(EADDRINUSE\\)\\.\n$`,
      ),
    );
    other.close();
  });
});
