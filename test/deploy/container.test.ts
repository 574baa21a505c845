/** Dockerfile, compose files and balancer agree with the gateway and with each other. No container runs. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { settings } from '../../src/config/settings.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The instructions of the Dockerfile's last stage, continuation lines joined. */
const instructions = read('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line));
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM')));
const argumentOf = (name: string): string =>
  lastStage
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1)
    .trim() ?? '';

type Service = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const compose: Compose = parse(read('compose.yaml'));
const withService: Compose = parse(read('deploy/compose.service.yaml'));

/** Starts a server that answers with this status. */
const startAlive = async (status: number): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
};

describe('the image', () => {
  it('runs without privileges, and runs node itself, so that signals arrive', () => {
    expect(argumentOf('USER')).toBe('1000:1000');
    expect(JSON.parse(argumentOf('CMD'))).toEqual([
      'node',
      '--enable-source-maps',
      '--max-semi-space-size=32',
      'dist/main.js',
    ]);
    expect(argumentOf('ENV')).toContain('HOST=0.0.0.0');
    expect(argumentOf('EXPOSE')).toBe(/PORT=(\d+)/.exec(argumentOf('ENV'))?.[1]);
  });

  it('holds the bundles alone, and copies what the builder is given', () => {
    expect(lastStage.filter((line) => line.startsWith('COPY'))).toEqual([
      'COPY --from=build /app/dist ./dist',
    ]);
    expect(instructions).toContain('RUN npm ci --ignore-scripts');
    const given = new Set(read('.dockerignore').match(/(?<=^!)\S+/gm));
    const copied = instructions.flatMap((line) => /^COPY (?!--)(.*) \S+$/.exec(line)?.[1]?.split(' ') ?? []);
    expect(new Set(copied)).toEqual(given);
    for (const path of copied) expect(existsSync(new URL(path, root)), path).toBe(true);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('has a health check that ends, at status %i, with %i', async (status, exitCode) => {
    const command: string[] = JSON.parse(argumentOf('HEALTHCHECK').replace(/^.*?CMD /, ''));
    const [, ...args] = command;
    const port = await startAlive(status);
    const child = spawn(process.execPath, args, { env: { PORT: port } });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(exitCode);
  });

  it('is unhealthy where nothing listens', () => {
    const [, ...args] = JSON.parse(argumentOf('HEALTHCHECK').replace(/^.*?CMD /, ''));
    expect(spawnSync(process.execPath, args, { env: { PORT: '1' } }).status).toBe(1);
  });
});

describe('compose', () => {
  const gateway = compose.services['gateway'];

  it('sets only settings that exist, and REPLICAS to the number of replicas during an update', () => {
    const known = new Set(Object.keys(settings));
    const set = [compose, withService].flatMap(({ services }) =>
      Object.keys(services['gateway']?.environment ?? {}),
    );
    expect(set.map((name) => name.replace(/_FILE$/, '')).filter((name) => !known.has(name))).toEqual([]);
    expect(gateway?.deploy?.replicas).toBe(2);
    expect(gateway?.environment?.['REPLICAS']).toMatch(/:-4}$/);
  });

  it.each([
    ['compose.yaml', compose],
    ['deploy/compose.service.yaml', withService],
  ])('%s passes secrets as files, each at the configured path', (_, { services, secrets }) => {
    const files = Object.entries(services['gateway']?.environment ?? {}).filter(([name]) =>
      name.endsWith('_FILE'),
    );
    expect(files.map(([, path]) => path.replace('/run/secrets/', ''))).toEqual(services['gateway']?.secrets);
    expect(Object.keys(secrets)).toEqual(services['gateway']?.secrets);
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(read('.gitignore')).toContain('deploy/secrets/');
  });

  it('waits longer for a stop than the gateway needs', () => {
    const graceMs = Number.parseInt(gateway?.stop_grace_period ?? '', 10) * 1000;
    expect(graceMs).toBeGreaterThan(Number(settings.SHUTDOWN_TIMEOUT_MS.byDefault));
  });

  it('opens a port of the balancer alone, which asks replicas for their readiness', () => {
    const open = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name]) => name)).toEqual(['balancer']);
    const [, configPath = ''] = /^\.\/(.*?):/.exec(compose.services['balancer']?.volumes?.[0] ?? '') ?? [];
    const balancer = read(configPath);
    expect(balancer).toMatch(/http-check send meth GET uri \/readyz\n/);
    expect(balancer).toContain('gateway:4000 ');
    const serverMs = Number(/timeout server (\d+)s/.exec(balancer)?.[1]) * 1000;
    expect(serverMs).toBeGreaterThan(Number(settings.OPERATION_TIMEOUT_MS.byDefault));
  });

  it('has the balancer pass on the client’s address, and replicas trust one proxy', () => {
    expect(read('deploy/haproxy.cfg')).toMatch(/^ {4}option forwardfor$/m);
    expect(gateway?.environment?.['TRUSTED_PROXIES']).toBe('1');
  });
});
