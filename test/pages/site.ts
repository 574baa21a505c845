/** A gateway for a browser: over a real socket, with the sandbox behind it that its pages link to. */

import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../src/config.ts';
import { createGateway, type GatewayDeps } from '../../src/gateway.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { startServer } from '../../src/server/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { serviceEnv } from '../gateway/harness.ts';

/** A running site. */
export type Site = { readonly url: string; readonly sandbox: Sandbox; readonly close: () => Promise<void> };

/**
 * Starts a site. `env` overrides settings. With `hasSandboxSecret`, cursors are those of a gateway that starts without
 * settings. `now` replaces the gateway's clock.
 */
export async function openSite(
  env: Readonly<Record<string, string>> = {},
  {
    hasSandboxSecret = false,
    ...deps
  }: { readonly hasSandboxSecret?: boolean } & Partial<Pick<GatewayDeps, 'now'>> = {},
): Promise<Site> {
  const sandbox = await startSandbox();
  const { upstream, ...config } = loadConfig(
    { ...serviceEnv(sandbox.url), ...(hasSandboxSecret && { ID_SECRET: sandboxSecret() }), ...env },
    files,
  );
  if (upstream.mode === 'sandbox') throw new Error('The site brings its own sandbox');
  const log = createLog({ level: 'silent', write: () => undefined });
  const gateway = createGateway(
    { ...config, upstream },
    { log, wallNow: Date.now, createRequestId: randomUUID, sandboxUrl: sandbox.url, ...deps },
  );
  const server = await startServer({
    listener: gateway.listener,
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 1000,
    onDrain: gateway.drain,
  });
  sandbox.attachGateway({ reset: gateway.reset, port: server.port });
  return {
    url: server.url,
    sandbox,
    async close() {
      await server.stop();
      await gateway.close();
      await sandbox.close();
    },
  };
}

const files = {
  readFile: (path: string) => {
    throw new Error(`No files in tests, not even ${path}`);
  },
  randomSecret: () => 'a secret that no test should come to need',
};

const sandboxSecret = () => loadConfig({}, files).idSecret;
