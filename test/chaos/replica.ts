/** One replica of the gateway: a process, what it says of itself, and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { parseMetrics, type Series } from '../gateway/scrape.ts';

/** A running replica. */
export type Replica = {
  /** Where operations are posted. */
  readonly url: string;
  readonly pid: number;
  /** What `/readyz` tells operators: each part's state. */
  readonly readiness: () => Promise<Readonly<Record<string, string>>>;
  readonly metrics: () => Promise<Series>;
  /** Open file descriptors, as the system counts them; none where it does not say. */
  readonly descriptors: () => number;
  /** Lines of its log that are neither of an operation nor of a start or a stop; warnings and worse. */
  readonly complaints: readonly string[];
  /** All of its log that a promise is made about: whether it ever held this text. */
  readonly hasLogged: (text: string) => boolean;
  /** Sends SIGTERM; resolves with the exit code, or the signal that ended it. */
  readonly stop: () => Promise<number | string>;
  readonly kill: () => void;
};

type LogLine = {
  readonly level?: string;
  readonly msg?: string;
  readonly url?: string;
  readonly adminUrl?: string;
};

/** Starts a replica with this command line and these settings. Resolves when it listens. */
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

/** A run that is cut off leaves no process behind. */
function killOnExit(child: ChildProcess): () => void {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return kill;
}

/** The messages of lines that tell of no fault: some weathers take Redis away. */
const calm = [
  'operation',
  'listening',
  'stopping',
  'stopped',
  'settings',
  'Redis is away: this replica keeps to its own share',
  'Redis is back: replicas share again',
  'Redis may not know all: this replica keeps to its own share for a while',
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
      if (line.level === 'error' || !calm.includes(line.msg ?? '')) complaints.push(text);
      watched.push(text);
      if (watched.length > mostWatched) watched.shift();
    });
  });
  return { complaints, listening, hasLogged: (text: string) => watched.some((line) => line.includes(text)) };
}

/** Lines remembered: enough to search, little enough for a long run. */
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
