/**
 * The process: environment → configuration → gateway → listen → drain. The only user of `process`, besides the sandbox's
 * and the verification's own main.
 *
 * A fault outside every operation is logged and counted, and the process goes on. Node's advice is to end, because damaged
 * state may do harm. But only cached answers and calls in flight outlive a request here, both are replaced as a whole, and
 * an end would break all other requests. `ledger_gateway_stray_faults_total` counts these faults for operators who prefer a
 * restart.
 *
 * Exit codes: 0 after a stop that answered every accepted request, if only with an error. 1 if the settings are wrong, the
 * port is taken, or a second signal came. 1 too if requests were cut off because their clients had not sent them whole or
 * had not read the answer.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describeForLog, describeForPerson, type Listening } from './config/start-lines.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { watchProcessLoad } from './gateway/http/overload.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { demoCredentials } from './sandbox/endpoint/credentials.ts';
import { startSandbox } from './sandbox/server.ts';
import { affordableConnections } from './server/connections.ts';
import { describeListenError, type RunningServer, type ServerOptions, startServer } from './server/server.ts';
import { planShutdown, type ShutdownPlan } from './server/shutdown.ts';
import { describeFault } from './telemetry/fault-line.ts';
import { createStreamLog, type Log, type StreamLog } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { Tracing } from './telemetry/tracing.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const metrics = createMetrics({ now: () => performance.now(), withProcess: true });
  const streamLog = openLog(config, metrics);
  const { log } = streamLog;
  const tracing = await startTraces(config, log);
  const { upstream, sandbox } = await connectUpstream(config);
  const gateway = createGateway(
    { ...config, upstream },
    {
      log,
      wallNow: Date.now,
      createRequestId: randomUUID,
      sandboxUrl: sandbox?.url,
      metrics,
      startTrace: tracing?.startRequest,
    },
  );
  const plan = planShutdown(config.shutdownTimeoutMs, 0);
  const operators = await listenForOperators(gateway, config, plan);
  const server = await listenForClients(gateway, config, metrics);
  metrics.watchServer(server);
  watchProcessLoad(gateway.reportLoad);

  surviveFaults(log, metrics); // Not before: a fault at the start is a reason not to start.
  // Before the line that says that it listens: a reader of that line may send a signal at once.
  stopOnSignal(streamLog, plan, async (msUntil) => {
    const { unanswered } = await server.stop();
    await gateway.close();
    await tracing?.close(Math.min(plan.spansMs, msUntil(plan.spansEndBy)));
    await sandbox?.close();
    await operators?.stop();
    return unanswered;
  });
  announce(log, config.production, {
    config,
    url: server.url,
    sandboxUrl: sandbox?.url,
    adminUrl: operators?.url,
  });
}

function readConfig(): Config {
  try {
    return loadConfig(process.env, {
      readFile: (path) => readFileSync(path, 'utf8'),
      randomSecret: () => randomBytes(32).toString('base64url'),
    });
  } catch (error) {
    if (error instanceof ConfigError) return giveUp(error.message);
    throw error;
  }
}

/** Writes to the standard error why there is no start, and ends. */
function giveUp(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

function openLog({ logLevel, logBufferBytes }: Config, metrics: Metrics): StreamLog {
  return createStreamLog(process.stdout, {
    level: logLevel,
    bufferBytes: logBufferBytes,
    onDropped: metrics.countDroppedLine,
  });
}

/** Loads tracing only where it is switched on: elsewhere it costs neither time nor memory. */
async function startTraces({ tracesTo }: Config, log: Log): Promise<Tracing | undefined> {
  if (tracesTo === undefined) return undefined;
  const { startTracing } = await import('./telemetry/tracing.ts');
  return startTracing({ log, wallNow: Date.now, now: () => performance.now() });
}

/** The endpoint that is set, or a sandbox that is started in its stead. */
async function connectUpstream({ upstream, upstreamMaxLimit }: Config) {
  if (upstream.mode !== 'sandbox') return { upstream, sandbox: undefined };
  const sandbox = await startSandbox({ maxLimit: upstreamMaxLimit });
  return { upstream: { mode: 'service', url: sandbox.url, basic: demoCredentials.basic } as const, sandbox };
}

/** The port for operators, if there is one. It answers until the very end, so that a stop can be watched. */
async function listenForOperators(
  { adminListener: listener }: Gateway,
  { host, adminPort: port, clientLimits }: Config,
  { operatorsMs }: ShutdownPlan,
): Promise<RunningServer | undefined> {
  return port === undefined
    ? undefined
    : listen('ADMIN_PORT', {
        listener,
        host,
        port,
        shutdownTimeoutMs: operatorsMs,
        shutdownDelayMs: 0,
        limits: { ...clientLimits, maxConnections: 50 }, // A few scrapers and probes.
      });
}

function listenForClients({ listener, drain: onDrain }: Gateway, config: Config, metrics: Metrics) {
  return listen('PORT', {
    listener,
    host: config.host,
    port: config.port,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    onDrain,
    limits: affordableLimits(config),
    onConnectionClosed: metrics.countClosedConnection,
  });
}

function listen(variable: string, options: ServerOptions): Promise<RunningServer> {
  return startServer(options).catch((error: unknown) =>
    giveUp(describeListenError(error, { ...options, variable })),
  );
}

/** The limits on clients, with no more connections than the process may open files. */
function affordableLimits({ clientLimits, upstreamMaxConcurrency }: Config) {
  const limitsPath = '/proc/self/limits';
  const limitsFile = existsSync(limitsPath) ? readFileSync(limitsPath, 'utf8') : '';
  const { maxConnections } = clientLimits;
  return {
    ...clientLimits,
    maxConnections: affordableConnections(maxConnections, limitsFile, upstreamMaxConcurrency),
  };
}

/** Logs and counts faults that no operation catches, and goes on. */
function surviveFaults(log: Log, metrics: Metrics): void {
  process.on('unhandledRejection', (reason) => {
    metrics.countStrayFault('rejection');
    log.error(describeFault(reason), 'unhandled rejection');
  });
  process.on('uncaughtException', (error) => {
    metrics.countStrayFault('exception');
    log.error(describeFault(error), 'uncaught exception');
  });
}

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Stops everything by the plan and returns how many requests were not answered. `msUntil` counts to a moment of the plan. */
type Stop = (msUntil: (moment: number) => number) => Promise<number>;

/** Stops on SIGTERM and SIGINT, sent to the process or to its group. A second signal ends the process at once. */
function stopOnSignal({ log, flush }: StreamLog, plan: ShutdownPlan, stop: Stop): void {
  const onSignal = async (signal: NodeJS.Signals) => {
    const startedAt = performance.now();
    const msUntil = (moment: number) => moment - (performance.now() - startedAt);
    const end = async (code: number) => {
      await flush(Math.min(plan.logMs, msUntil(plan.logEndsBy)));
      process.exit(code);
    };
    for (const name of signals) process.removeAllListeners(name).once(name, () => void end(1));
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), plan.endsAt).unref();
    const unanswered = await stop(msUntil);
    log.info({ unanswered }, 'stopped');
    await end(unanswered === 0 ? 0 : 1);
  };
  for (const name of signals) process.once(name, (signal) => void onSignal(signal));
}

function announce(log: Log, production: boolean, listening: Listening): void {
  if (!production) {
    process.stdout.write(describeForPerson(listening));
    return;
  }
  for (const warning of listening.config.warnings) log.warn({ warning }, 'settings');
  log.info(describeForLog(listening), 'listening');
}

await main();
