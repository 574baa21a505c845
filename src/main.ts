#!/usr/bin/env node
/**
 * The process: reads command line and environment, builds the gateway, listens, and stops on a signal. Only this file uses `process`,
 * besides the sandbox's and the verification's own main.
 *
 * A fault outside every operation is logged and counted, and the process goes on. Node advises to end the process, because
 * its state may be damaged. Here only cached answers and calls in flight outlive a request, and both are replaced as a
 * whole. Ending the process would break all other requests. Operators who prefer a restart can watch
 * `ledger_gateway_stray_faults_total`.
 *
 * Exit code 0: the process stopped on a signal, and every accepted request got an answer, which may be an error. Exit code
 * 1: the settings are wrong, the port is taken, a second signal came, or the stop cut requests off because their clients
 * had not sent them whole or had not read the answer.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readCommandLine } from './config/command-line.ts';
import type { Environment } from './config/reading.ts';
import { describeForLog, describeForPerson, type Listening } from './config/start-lines.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { watchProcessLoad } from './gateway/http/overload.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { affordableConnections } from './server/connections.ts';
import { describeListenError, type ServerOptions, startServer } from './server/server.ts';
import { planShutdown, type ShutdownPlan } from './server/shutdown.ts';
import type { RedisLink } from './store/redis-link.ts';
import { describeFault } from './telemetry/fault-line.ts';
import { createStreamLog, type Log, type StreamLog } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { Tracing } from './telemetry/tracing.ts';

async function main(): Promise<void> {
  const env = readEnvironment();
  const config = readConfig(env);
  const metrics = createMetrics({ withProcess: true });
  const streamLog = createStreamLog(process.stdout, { ...config, onDropped: metrics.countDroppedLine });
  const { log } = streamLog;
  const tracing = await startTraces(config, log);
  const { upstream, sandbox, warnings } = await connectUpstream(config, env);
  const maxConnections = connectionsOf(config);
  const gateway = createGateway(
    { ...config, upstream, maxConnections },
    {
      log,
      wallNow: Date.now,
      createRequestId: randomUUID,
      sandboxUrl: sandbox?.url,
      metrics,
      startTrace: tracing?.startRequest,
      redisLink: await openRedisLink(config),
    },
  );
  const plan = planShutdown(config.shutdownTimeoutMs, 0);
  const operators = await listenForOperators(gateway, config, plan);
  const server = await listen('PORT', {
    ...config,
    listener: gateway.listener,
    onDrain: gateway.drain,
    limits: { ...config, maxConnections },
    onConnectionClosed: metrics.countClosedConnection,
  });
  sandbox?.attachGateway({ reset: gateway.reset, port: server.port });
  metrics.watch({ clients: server.usage });
  watchProcessLoad(gateway.reportLoad, semiSpaceBytes());

  surviveFaults(log, metrics); // Only now: a fault before this line must end the process.
  // Before `announce`: a supervisor may send a signal as soon as it reads that the gateway listens.
  stopOnSignal(streamLog, plan, async (msUntil) => {
    const { unanswered } = await server.stop();
    await gateway.close();
    await tracing?.close(Math.min(plan.spansMs, msUntil(plan.spansEndBy)));
    await sandbox?.close();
    await operators?.stop();
    return unanswered;
  });
  announce(log, config.production, {
    config: {
      ...config,
      warnings: [...config.warnings, ...warnings, ...connectionWarnings(maxConnections, config)],
    },
    url: server.url,
    sandboxUrl: sandbox?.url,
    adminUrl: operators?.url,
  });
}

/** The size of a semi-space as the command line or NODE_OPTIONS sets it; otherwise V8's default. */
function semiSpaceBytes(): number {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  const mebibytes = /--max[-_]semi[-_]space[-_]size[= ](\d+)/.exec(flags)?.[1] ?? '16';
  return Number(mebibytes) * 2 ** 20;
}

/** Reads the command line. Ends the process after help or a problem. */
function readEnvironment(): Environment {
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  if ('env' in commandLine) return commandLine.env;
  if ('problem' in commandLine) return giveUp(commandLine.problem.trimEnd());
  process.stdout.write(commandLine.help);
  process.exit(0);
}

function readConfig(env: Environment): Config {
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const randomSecret = () => randomBytes(32).toString('base64url');
  try {
    return loadConfig(env, { readFile, randomSecret });
  } catch (error) {
    if (error instanceof ConfigError) return giveUp(error.message);
    throw error;
  }
}

/** Writes to standard error why the process cannot start, and ends it. */
function giveUp(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/** Starts tracing if the settings turn it on. Its libraries are loaded only then, because they cost time and memory. */
async function startTraces({ tracesTo }: Config, log: Log): Promise<Tracing | undefined> {
  if (tracesTo === undefined) return undefined;
  const { startTracing } = await import('./telemetry/tracing.ts');
  return startTracing({ log, wallNow: Date.now, now: () => performance.now() });
}

/** Opens the link to Redis if the settings have one. Its library, a third of the program, is loaded only then. */
async function openRedisLink({ redisUrl: url }: Config): Promise<RedisLink | undefined> {
  if (url === undefined) return undefined;
  const { createRedisLink } = await import('./store/redis-link.ts');
  return createRedisLink(url);
}

/**
 * Returns the upstream of the settings. In sandbox mode, starts the sandbox as the upstream. The sandbox is loaded only
 * then, because its members take 5 MB.
 */
async function connectUpstream(
  { upstream, upstreamMaxLimit, sandboxHost: host, sandboxPort: port }: Config,
  env: Environment,
) {
  if (upstream.mode !== 'sandbox') return { upstream, sandbox: undefined, warnings: [] };
  const [{ readSettings }, { startSandbox }, { demoCredentials }] = await Promise.all([
    import('./sandbox/settings.ts'),
    import('./sandbox/server.ts'),
    import('./sandbox/endpoint/credentials.ts'),
  ]);
  const reading = readSettings(env);
  if ('problems' in reading) return giveUp(reading.problems.join('\n'));
  const options = { maxLimit: upstreamMaxLimit, ...reading.options, host, port };
  const sandbox = await startSandbox(options).catch((error: unknown) =>
    giveUp(describeListenError(error, { host, port, variable: 'SANDBOX_PORT' })),
  );
  return {
    upstream: { mode: 'service', url: sandbox.url, basic: demoCredentials.basic } as const,
    sandbox,
    // Not a problem: other programs may have variables of such names, for sandboxes of their own.
    warnings: reading.unknown,
  };
}

/** Listens on ADMIN_PORT if it is set. This port answers longest, so that operators can watch a stop. */
async function listenForOperators({ adminListener }: Gateway, config: Config, plan: ShutdownPlan) {
  const { host, adminPort: port } = config;
  if (port === undefined) return undefined;
  const limits = { ...config, maxConnections: 50 }; // A few scrapers and probes.
  const stop = { shutdownTimeoutMs: plan.operatorsMs, shutdownDelayMs: 0 };
  return listen('ADMIN_PORT', { listener: adminListener, host, port, limits, ...stop });
}

/** MAX_CONNECTIONS, or fewer where the process may not open as many files. */
function connectionsOf({ maxConnections, upstreamMaxConcurrency }: Config): number {
  const limitsPath = '/proc/self/limits';
  const limitsFile = existsSync(limitsPath) ? readFileSync(limitsPath, 'utf8') : '';
  return affordableConnections(maxConnections, limitsFile, upstreamMaxConcurrency);
}

const connectionWarnings = (affordable: number, { maxConnections }: Config): readonly string[] =>
  affordable < maxConnections
    ? [`The limit of open files leaves room for ${affordable} of MAX_CONNECTIONS=${maxConnections}.`]
    : [];

const listen = (variable: string, options: ServerOptions) =>
  startServer(options).catch((error: unknown) =>
    giveUp(describeListenError(error, { ...options, variable })),
  );

/** Logs and counts faults that nothing catches. The process goes on. */
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

/**
 * Stops on the first SIGTERM or SIGINT. A second one ends the process at once. `stop` stops everything by the plan, and
 * returns how many requests were not answered. `msUntil` returns the milliseconds left until a moment of the plan.
 */
function stopOnSignal(
  { log, flush }: StreamLog,
  plan: ShutdownPlan,
  stop: (msUntil: (moment: number) => number) => Promise<number>,
): void {
  const onSignal = async (signal: NodeJS.Signals) => {
    const startedAt = performance.now();
    const msUntil = (moment: number) => Math.max(0, moment - (performance.now() - startedAt));
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
