/**
 * A whole gateway over a real sandbox, asked without a socket on the client's side. Every test that goes through
 * it can, and should, count the sandbox's calls.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type ExecutionResult, print } from 'graphql';
import { onTestFinished } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import type { GatewayConfig } from '../../src/gateway/wiring/upstream-access.ts';
import { createGateway, type Gateway, type GatewayDeps } from '../../src/gateway.ts';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { createRedisLink } from '../../src/store/redis-link.ts';
import { createLog } from '../../src/telemetry/log.ts';

/** What a test has in its hands. */
export type Harness = {
  readonly sandbox: Sandbox;
  readonly gateway: Gateway;
  /** The log so far, one parsed line each. */
  readonly logLines: readonly Record<string, unknown>[];
  /** Resolves as soon as a log line satisfies `isSeen`: no need to sleep. */
  readonly logged: (isSeen: (line: Record<string, unknown>) => boolean) => Promise<void>;
  /** Posts an operation and gives its result. */
  readonly ask: <Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<ExecutionResult<Data>>;
  /** Posts anything that is JSON, or any text. */
  readonly post: (body: unknown, init?: RequestInit) => Promise<Response>;
  /** Another gateway in front of the same sandbox, as after a restart; closed with this one. */
  readonly restart: (env?: Settings, deps?: Partial<GatewayDeps>) => Harness;
  readonly close: () => Promise<void>;
};

type Settings = Readonly<Record<string, string>>;

/**
 * As `openHarness`, for one test: all is closed when it ends, and the test fails if it never read the
 * upstream's call count.
 */
export async function startHarness(...options: Parameters<typeof openHarness>): Promise<Harness> {
  const [sandboxOptions, env, deps] = options;
  const sandbox = await startSandbox(sandboxOptions);
  let isCounted = false;
  const callCount = () => {
    isCounted = true;
    return sandbox.callCount();
  };
  const harness = connect({ ...sandbox, callCount }, env, deps);
  onTestFinished(async ({ task }) => {
    await harness.close();
    if (!isCounted && task.result?.state !== 'fail') {
      throw new Error('The test did not read the call count of the upstream');
    }
  });
  return harness;
}

/** Starts a sandbox and a gateway in service mode in front of it. `env` and `deps` override what they name. */
export async function openHarness(
  sandboxOptions?: SandboxOptions,
  env?: Settings,
  deps?: Partial<GatewayDeps>,
): Promise<Harness> {
  return connect(await startSandbox(sandboxOptions), env, deps);
}

function connect(sandbox: Sandbox, env: Settings = {}, deps: Partial<GatewayDeps> = {}): Harness {
  const { logLines, log, logged } = openLog();
  const config = endpointConfig({ ...serviceEnv(sandbox.url), ...env });
  const createRequestId = () => crypto.randomUUID();
  const redisLink = config.redisUrl === undefined ? undefined : createRedisLink(config.redisUrl);
  const gateway = createGateway(config, { log, wallNow: Date.now, createRequestId, redisLink, ...deps });
  const restarted: Harness[] = [];

  const post: Harness['post'] = async (body, init = {}) =>
    gateway.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      }),
    );
  const ask: Harness['ask'] = async (document, variables, headers) => {
    const query = typeof document === 'string' ? document : print(document);
    const response = await post({ query, variables }, headers === undefined ? {} : { headers });
    return await response.json();
  };
  const restart: Harness['restart'] = (otherEnv, otherDeps) => {
    const other = connect(sandbox, otherEnv, otherDeps);
    restarted.push(other);
    return other;
  };
  const close = async () => {
    await Promise.all([gateway, ...restarted.map((other) => other.gateway)].map((each) => each.close()));
    await sandbox.close();
  };
  return { sandbox, gateway, logLines, logged, ask, post, restart, close };
}

function openLog() {
  const logLines: Record<string, unknown>[] = [];
  let waiting: (() => void)[] = [];
  const write = (line: string) => {
    logLines.push(JSON.parse(line));
    for (const check of waiting.splice(0)) check();
  };
  const logged = (isSeen: (line: Record<string, unknown>) => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (logLines.some(isSeen)) resolve();
        else waiting = [...waiting, check];
      };
      check();
    });
  return { logLines, log: createLog({ level: 'info', write }), logged };
}

/** Overrides of `serviceEnv` for key and secret in place of user and password. */
export const oauthEnv = {
  UPSTREAM_BASIC_USER: '',
  UPSTREAM_BASIC_PASSWORD: '',
  UPSTREAM_OAUTH_KEY: demoCredentials.oauth.key,
  UPSTREAM_OAUTH_SECRET: demoCredentials.oauth.secret,
} as const;

/** Settings for service mode with the sandbox's demonstration credentials. One failure is one call: no retries. */
export function serviceEnv(url: string): Record<string, string> {
  return {
    UPSTREAM_URL: url,
    UPSTREAM_BASIC_USER: demoCredentials.basic.user,
    UPSTREAM_BASIC_PASSWORD: demoCredentials.basic.password,
    ALLOW_ANONYMOUS: 'true',
    UPSTREAM_RETRIES: '0',
    ID_SECRET: 'a secret for tests that is long enough',
  };
}

function endpointConfig(env: Readonly<Record<string, string>>): GatewayConfig {
  const config: Config = loadConfig(env, {
    readFile: () => {
      throw new Error('No files in tests');
    },
    randomSecret: () => 'a secret that no test should come to need',
  });
  const { upstream } = config;
  if (upstream.mode === 'sandbox') throw new Error('The harness needs an UPSTREAM_URL');
  return { ...config, upstream };
}
