/**
 * The process: environment → configuration → gateway → listen → drain. The only user of `process`, besides
 * the sandbox's own main.
 *
 * Exit codes: 0 after a stop in which every accepted request was answered; 1 if the settings are wrong, the
 * port is taken, requests had to be cut off at SHUTDOWN_TIMEOUT_MS, or a second signal asked not to wait.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { demoCredentials } from './sandbox/credentials.ts';
import { startSandbox } from './sandbox/server.ts';
import { describeListenError, type RunningServer, startServer } from './server.ts';
import { describeForLog, describeForPerson, type Listening } from './start-lines.ts';
import { describeFault } from './telemetry/fault-line.ts';
import { createLog, type Log } from './telemetry/log.ts';

/** Says why there is no start, on the standard error, and ends. */
const giveUp = (reason: string): never => {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
};

const readConfig = (): Config => {
  try {
    return loadConfig(process.env, {
      readFile: (path) => readFileSync(path, 'utf8'),
      randomSecret: () => randomBytes(32).toString('base64url'),
    });
  } catch (error) {
    if (error instanceof ConfigError) return giveUp(error.message);
    throw error;
  }
};

/** The configuration with an endpoint in it: the one that is set, or a sandbox that is started for it. */
const connectUpstream = async ({ upstream, ...config }: Config) => {
  if (upstream.mode !== 'sandbox') return { config: { ...config, upstream }, sandbox: undefined };
  const sandbox = await startSandbox({ maxLimit: config.upstreamMaxLimit });
  const service = { mode: 'service', url: sandbox.url, basic: demoCredentials.basic } as const;
  return { config: { ...config, upstream: service }, sandbox };
};

const announce = (log: Log, production: boolean, listening: Listening): void => {
  if (!production) {
    process.stdout.write(describeForPerson(listening));
    return;
  }
  for (const warning of listening.config.warnings) log.warn({ warning }, 'settings');
  log.info(describeForLog(listening), 'listening');
};

/** Ends in order: requests, then the connections that they needed, then the sandbox behind those. */
const stopAll = async (server: RunningServer, parts: readonly { close(): Promise<void> }[]) => {
  const { unanswered } = await server.stop();
  for (const part of parts) await part.close();
  return unanswered;
};

/** Stops on SIGTERM and SIGINT, be they sent to the process or its group; a second one ends at once. */
const stopOnSignal = (log: Log, shutdownTimeoutMs: number, stop: () => Promise<number>): void => {
  const onSignal = async (signal: NodeJS.Signals) => {
    for (const name of signals) process.removeAllListeners(name).once(name, () => process.exit(1));
    log.info({ signal }, 'stopping');
    // Whatever hangs after the last connection must not keep the process: the platform waits no longer.
    setTimeout(() => process.exit(1), shutdownTimeoutMs + 500).unref();
    const unanswered = await stop();
    log.info({ unanswered }, 'stopped');
    process.exit(unanswered === 0 ? 0 : 1);
  };
  for (const name of signals) process.once(name, (signal) => void onSignal(signal));
};

const signals = ['SIGTERM', 'SIGINT'] as const;

const main = async (): Promise<void> => {
  const config = readConfig();
  const { host, port, shutdownTimeoutMs } = config;
  const log = createLog({ level: config.logLevel });
  // A promise that nobody waited for belongs to one operation: it is told, and the others go on.
  process.on('unhandledRejection', (reason) => log.error(describeFault(reason), 'unhandled rejection'));

  const connected = await connectUpstream(config);
  const { sandbox } = connected;
  const gateway = createGateway(connected.config, {
    log,
    now: Date.now,
    createRequestId: randomUUID,
    sandboxUrl: sandbox?.url,
  });
  const onDrain = () => gateway.drain();
  const server = await startServer({
    listener: gateway.listener,
    host,
    port,
    shutdownTimeoutMs,
    onDrain,
  }).catch((error: unknown) => giveUp(describeListenError(error, host, port)));

  // Before anyone is told that it listens: who reads that line may send a signal at once.
  stopOnSignal(log, shutdownTimeoutMs, () => stopAll(server, sandbox ? [gateway, sandbox] : [gateway]));
  announce(log, config.production, { config, url: server.url, sandboxUrl: sandbox?.url });
};

await main();
