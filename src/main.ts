/**
 * The process: environment → configuration → gateway → listen → drain. The only user of `process`, besides
 * the sandbox's own main.
 *
 * A fault outside every operation, be it thrown or rejected, is logged and counted, and the process goes on. Node's
 * advice is to end, lest damaged state do harm; but there is no state here that outlives a request other than
 * kept answers and calls under way, both replaced as a whole, and an end would take every other request along.
 * Whoever would rather restart has `ledger_gateway_stray_faults_total` to go by.
 *
 * Exit codes: 0 after a stop in which every accepted request was answered, be it that its time was up; 1 if the
 * settings are wrong, the port is taken, requests had to be cut off at SHUTDOWN_TIMEOUT_MS because their clients had not
 * sent them whole or not taken the answer, or a second signal asked not to wait.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describeForLog, describeForPerson, type Listening } from './config/start-lines.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { watchProcessLoad } from './gateway/http/process-load.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { demoCredentials } from './sandbox/endpoint/credentials.ts';
import { startSandbox } from './sandbox/server.ts';
import { affordableConnections } from './server/connections.ts';
import { describeListenError, type RunningServer, type ServerOptions, startServer } from './server/server.ts';
import { describeFault } from './telemetry/fault-line.ts';
import { createStreamLog, type Log, type StreamLog } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { Tracing } from './telemetry/tracing.ts';

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

const openLog = ({ logLevel, logBufferBytes }: Config, metrics: Metrics): StreamLog =>
  createStreamLog(process.stdout, {
    level: logLevel,
    bufferBytes: logBufferBytes,
    onDropped: metrics.countDroppedLine,
  });

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

/** A fault that belongs to no operation, or that its operation did not catch: told, and the others go on. */
const surviveFaults = (log: Log, metrics: Metrics): void => {
  process.on('unhandledRejection', (reason) => {
    metrics.countStrayFault('rejection');
    log.error(describeFault(reason), 'unhandled rejection');
  });
  process.on('uncaughtException', (error) => {
    metrics.countStrayFault('exception');
    log.error(describeFault(error), 'uncaught exception');
  });
};

/** Loaded only where somebody has switched traces on: elsewhere they cost neither time nor memory. */
const startTraces = async ({ tracesTo }: Config, log: Log): Promise<Tracing | undefined> => {
  if (tracesTo === undefined) return undefined;
  const { startTracing } = await import('./telemetry/tracing.ts');
  return startTracing({ log, wallNow: Date.now, now: () => performance.now() });
};

/** The longest that spans may keep a stop, in milliseconds: a collector that answers needs a fraction of it. */
const longestFlushMs = 2000;

/** Traces as a part that stops, with some of the time that is left. */
const stoppingTraces = (tracing: Tracing | undefined, endsAt: number) => ({
  close: async () => tracing?.close(Math.min(longestFlushMs, (endsAt - performance.now()) / 2)),
});

/** Ends in order: requests, then the connections that they needed, then the sandbox behind those. */
const stopAll = async (server: RunningServer, parts: readonly ({ close(): Promise<void> } | undefined)[]) => {
  const { unanswered } = await server.stop();
  for (const part of parts) await part?.close();
  return unanswered;
};

/** The longest that the end waits for a reader of the log, in milliseconds: one that reads at all needs a fraction of it. */
const longestLogFlushMs = 250;

/** Ends the process when the log is written, at the latest at `endsAt`. */
const endProcess = async (code: number, { flush }: StreamLog, endsAt: number): Promise<never> => {
  await flush(Math.min(longestLogFlushMs, (endsAt - performance.now()) / 2));
  process.exit(code);
};

/** Stops on SIGTERM and SIGINT, be they sent to the process or its group; a second one ends at once. */
const stopOnSignal = (
  streamLog: StreamLog,
  shutdownTimeoutMs: number,
  stop: (endsAt: number) => Promise<number>,
): void => {
  const { log } = streamLog;
  const onSignal = async (signal: NodeJS.Signals) => {
    const endsAt = performance.now() + shutdownTimeoutMs;
    for (const name of signals)
      process.removeAllListeners(name).once(name, () => void endProcess(1, streamLog, endsAt));
    log.info({ signal }, 'stopping');
    // Whatever hangs after the last connection must not keep the process: the platform waits no longer.
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    const unanswered = await stop(endsAt);
    log.info({ unanswered }, 'stopped');
    await endProcess(unanswered === 0 ? 0 : 1, streamLog, endsAt);
  };
  for (const name of signals) process.once(name, (signal) => void onSignal(signal));
};

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Of SHUTDOWN_TIMEOUT_MS, what requests may have: after the last of them there is still something to close. */
const requestsShareOf = (shutdownTimeoutMs: number): number =>
  shutdownTimeoutMs - Math.min(500, Math.floor(shutdownTimeoutMs / 2));

type Listened = ServerOptions & { readonly variable: string };

const listen = ({ variable, ...options }: Listened): Promise<RunningServer> =>
  startServer(options).catch((error: unknown) =>
    giveUp(describeListenError(error, { ...options, variable })),
  );

/** Of what is left then, what requests of operators may have: an answer takes some milliseconds, and nobody else is owed one. */
const operatorsShareOf = (shutdownTimeoutMs: number): number =>
  Math.min(200, (shutdownTimeoutMs - requestsShareOf(shutdownTimeoutMs)) / 2);

/** Connections of operators: a few scrapers and probes. */
const mostOperators = 50;

/** The port for operators, if there is one. It answers until the very end, so that a drain can be watched. */
const listenForOperators = async ({ adminListener: listener }: Gateway, config: Config) => {
  const { host, adminPort: port } = config;
  if (port === undefined) return undefined;
  const server = await listen({
    listener,
    host,
    port,
    shutdownTimeoutMs: operatorsShareOf(config.shutdownTimeoutMs),
    limits: { ...config.clientLimits, maxConnections: mostOperators, noticeMs: 0 },
    onDrain: () => undefined,
    variable: 'ADMIN_PORT',
  });
  return { url: server.url, close: async () => void (await server.stop()) };
};

/** The limits on clients, with no more connections than the process may open files. */
const affordableLimits = ({ clientLimits, upstreamMaxConcurrency }: Config) => {
  const limitsPath = '/proc/self/limits';
  const limitsFile = existsSync(limitsPath) ? readFileSync(limitsPath, 'utf8') : '';
  const { maxConnections } = clientLimits;
  return {
    ...clientLimits,
    maxConnections: affordableConnections(maxConnections, limitsFile, upstreamMaxConcurrency),
  };
};

const main = async (): Promise<void> => {
  const config = readConfig();
  const { host, port, shutdownTimeoutMs } = config;
  const metrics = createMetrics({ now: () => performance.now(), withProcess: true });
  const streamLog = openLog(config, metrics);
  const { log } = streamLog;
  const tracing = await startTraces(config, log);

  const connected = await connectUpstream(config);
  const { sandbox } = connected;
  const gateway = createGateway(connected.config, {
    log,
    now: Date.now,
    createRequestId: randomUUID,
    sandboxUrl: sandbox?.url,
    metrics,
    startTrace: tracing?.startRequest,
  });
  const { listener, drain: onDrain } = gateway;
  const admin = await listenForOperators(gateway, config);
  const ownMs = requestsShareOf(shutdownTimeoutMs);
  const server = await listen({
    listener,
    host,
    port,
    shutdownTimeoutMs: ownMs,
    onDrain,
    limits: affordableLimits(config),
    onConnectionClosed: metrics.countClosedConnection,
    variable: 'PORT',
  });
  metrics.watchServer(server);
  watchProcessLoad(gateway.reportLoad);

  surviveFaults(log, metrics); // Not before: a fault at the start is a reason not to start.
  // Before anyone is told that it listens: who reads that line may send a signal at once.
  stopOnSignal(streamLog, shutdownTimeoutMs, (endsAt) =>
    stopAll(server, [gateway, stoppingTraces(tracing, endsAt), sandbox, admin]),
  );
  announce(log, config.production, {
    config,
    url: server.url,
    sandboxUrl: sandbox?.url,
    adminUrl: admin?.url,
  });
};

await main();
