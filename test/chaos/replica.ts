/** Replicas of the gateway as processes, and a watch that samples their state and memory. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseMetrics, type Series, total } from '../gateway/scrape.ts';
import type { Sample } from './evidence.ts';

/** A running replica. */
export type Replica = {
  /** The URL for operations. */
  readonly url: string;
  readonly pid: number;
  /** The state of each part, from `/readyz`. */
  readonly readiness: () => Promise<Readonly<Record<string, string>>>;
  readonly metrics: () => Promise<Series>;
  /** Open file descriptors; 0 on a system that does not count them. */
  readonly descriptors: () => number;
  /** Log lines that are not expected. */
  readonly complaints: readonly string[];
  /** Whether a remembered log line holds this text. */
  readonly hasLogged: (text: string) => boolean;
  /** Sends SIGTERM. Resolves with the exit code, or the signal that ended the process. */
  readonly stop: () => Promise<number | string>;
  readonly kill: () => void;
};

type LogLine = {
  readonly level?: string;
  readonly msg?: string;
  readonly url?: string;
  readonly adminUrl?: string;
};

/** Starts a replica. Resolves when it listens. */
export async function startReplica(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  agent: Agent,
): Promise<Replica> {
  const child = spawn(process.execPath, command, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended: Promise<number | string> = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const kill = killOnExit(child);
  const log = readLog(child, ended);
  const { url = '', adminUrl = '' } = await log.listening;
  return {
    url: `${url}/graphql`,
    pid: child.pid ?? 0,
    readiness: async () => JSON.parse(await read(`${adminUrl}/readyz`, agent)).parts ?? {},
    metrics: async () => parseMetrics(await read(`${adminUrl}/metrics`, agent)),
    descriptors: () => countDescriptors(child.pid),
    complaints: log.complaints,
    hasLogged: log.hasLogged,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    kill,
  };
}

/** An interrupted run leaves no process behind. */
function killOnExit(child: ChildProcess): () => void {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return kill;
}

/** The messages that are expected. Some weathers stop Redis. */
const expectedMessages = [
  'operation',
  'listening',
  'stopping',
  'stopped',
  'settings',
  'Redis is away: this replica keeps to its own share',
  'Redis is back: replicas share again',
];

function readLog({ stdout }: ChildProcess, ended: Promise<unknown>) {
  const complaints: string[] = [];
  const watched: string[] = [];
  const listening = new Promise<LogLine>((resolve, reject) => {
    void ended.then((how) => reject(new Error(`A replica ended with ${how} before it listened`)));
    if (stdout === null) return;
    createInterface({ input: stdout }).on('line', (text) => {
      const line: LogLine = JSON.parse(text);
      if (line.msg === 'listening') resolve(line);
      if (line.level === 'error' || !expectedMessages.includes(line.msg ?? '')) complaints.push(text);
      watched.push(text);
      if (watched.length > mostWatched) watched.shift();
    });
  });
  return { complaints, listening, hasLogged: (text: string) => watched.some((line) => line.includes(text)) };
}

/** Remembered lines. More would fill the memory in a long run. */
const mostWatched = 20_000;

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.once('end', () => resolve(text));
      response.once('error', reject);
    });
    call.once('error', reject).end();
  });
}

function countDescriptors(pid: number | undefined): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0; // Not Linux.
  }
}

/** What a replica holds at a moment. Memory is in bytes. */
export type Holding = {
  readonly at: number;
  readonly replica: number;
  readonly memory: number;
  readonly resources: number;
  readonly descriptors: number;
};

/** A watch over replicas. */
export type Watch = {
  readonly samples: readonly Sample[];
  readonly holdings: readonly Holding[];
  /** Waits until the replicas hold no more than before the run. Resolves with what they still hold after 20 s. */
  readonly settle: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

const sampleEveryMs = 200;
const holdEveryMs = 1000;

/** Longer than idle connections stay open, and than Redis takes to reconnect. */
const longestSettlingMs = 20_000;

/** Begins to watch. The replicas must later return to what they hold now. */
export async function createWatch(replicas: readonly Replica[], now: () => number): Promise<Watch> {
  const samples: Sample[] = [];
  const holdings: Holding[] = [];
  const stage = { isOver: false };

  async function sample(replica: Replica, index: number): Promise<void> {
    const at = now();
    const { breaker = '', sharing = '' } = await replica.readiness();
    samples.push({ at, replica: index, breaker, sharing });
  }
  async function hold(replica: Replica, index: number): Promise<void> {
    holdings.push(await holdingOf(replica, index, now));
  }
  await Promise.all(replicas.map(hold));
  const loops = replicas.flatMap((replica, index) => [
    repeat(() => sample(replica, index), sampleEveryMs, stage),
    repeat(() => hold(replica, index), holdEveryMs, stage),
  ]);

  return {
    samples,
    holdings,
    async settle() {
      const found = await Promise.all(
        replicas.map((replica, index) => {
          const before = holdings.find((holding) => holding.replica === index);
          return settled(() => holdingOf(replica, index, now), before, now);
        }),
      );
      return found.flat();
    },
    async stop() {
      stage.isOver = true;
      await Promise.all(loops);
    },
  };
}

async function holdingOf(replica: Replica, index: number, now: () => number): Promise<Holding> {
  const series = await replica.metrics();
  return {
    at: now(),
    replica: index,
    memory: total(series, 'process_resident_memory_bytes'),
    resources: total(series, 'nodejs_active_resources_total'),
    descriptors: replica.descriptors(),
  };
}

/** Ignores a replica that does not answer: its visitors judge that. */
async function repeat(look: () => Promise<void>, everyMs: number, stage: { readonly isOver: boolean }) {
  while (!stage.isOver) {
    await look().catch(() => undefined);
    await wait(everyMs);
  }
}

async function settled(
  look: () => Promise<Holding>,
  before: Holding | undefined,
  now: () => number,
): Promise<readonly string[]> {
  const until = now() + longestSettlingMs;
  for (;;) {
    const holding = await look();
    const more = moreThan(before, holding);
    if (more.length === 0 || now() > until) return more;
    await wait(250);
  }
}

/** A connection to Redis and one of the watch can be new. */
const allowance = 2;

function moreThan(before: Holding | undefined, { replica, resources, descriptors }: Holding): string[] {
  if (before === undefined) return [`replica ${replica} was never sampled`];
  return [
    ...(resources > before.resources + allowance
      ? [`replica ${replica} holds ${resources} resources, ${before.resources} before`]
      : []),
    ...(descriptors > before.descriptors + allowance
      ? [`replica ${replica} holds ${descriptors} descriptors, ${before.descriptors} before`]
      : []),
  ];
}
