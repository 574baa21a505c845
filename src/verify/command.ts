/**
 * The command as a function: arguments and environment → calls, lines, exit code. Knows no process.
 */
import { GatewayError } from '../errors.ts';
import { createUpstreamClient } from '../upstream/client.ts';
import { createDispatcher } from '../upstream/http/dispatcher.ts';
import type { CustomerIdentifier, FetchPage } from '../upstream/page-request.ts';
import {
  type Advice,
  advise,
  adviseOnFailure,
  adviseOnUsage,
  describeCall,
  unknownCustomer,
} from './advice.ts';
import { readArguments } from './arguments.ts';
import { readAccess, type UpstreamAccess } from './settings.ts';
import { judgeMaxLimit, judgePositions } from './verdict.ts';
import { collectFindings } from './verification.ts';

/** What comes from the process. */
export type CommandInput = {
  /** Without the program's own two. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file's whole text; throws where it cannot be read. For secrets given as NAME_FILE. */
  readonly readFile: (path: string) => string;
  /** Takes the lines one by one, as they come to be known. */
  readonly say: (line: string) => void;
};

/**
 * Runs the command to its end. Makes no call unless it knows whom to ask for, and where.
 * @returns the exit code.
 * @throws nothing but what is a bug here.
 */
export async function runCommand({ say, ...input }: CommandInput): Promise<Advice['exitCode']> {
  const customer = readArguments(input.arguments);
  const upstream = readAccess(input.env, input.readFile);
  if ('problems' in customer || 'problems' in upstream) {
    const readings = [upstream, customer];
    return conclude(
      say,
      adviseOnUsage(readings.flatMap((reading) => ('problems' in reading ? reading.problems : []))),
    );
  }
  const { identifier } = customer;
  const advice = await withUpstream(upstream.access, (fetchPage) => verify({ fetchPage, identifier, say }));
  return conclude(say, { ...advice, lines: ['', ...advice.lines] });
}

type Run = {
  readonly fetchPage: FetchPage;
  readonly identifier: CustomerIdentifier;
  readonly say: CommandInput['say'];
};

async function verify({ fetchPage, identifier, say }: Run): Promise<Advice> {
  const watched = watchSending(fetchPage);
  try {
    const findings = await collectFindings({
      fetchPage: watched.fetchPage,
      identifier,
      onCall: (block, answer) => say(describeCall(block, answer, watched.wasSent())),
    });
    return findings === null ? unknownCustomer : advise(judgePositions(findings), judgeMaxLimit(findings));
  } catch (error) {
    if (error instanceof GatewayError) return adviseOnFailure(error, watched.wasSent());
    throw error;
  }
}

/** Tells whether the last call went out at all: with a key and a secret it needs a token first. */
function watchSending(fetchPage: FetchPage): { fetchPage: FetchPage; wasSent: () => boolean } {
  let wasSent = false;
  return {
    fetchPage(request, signal) {
      wasSent = false;
      return fetchPage(request, signal, () => {
        wasSent = true;
      });
    },
    wasSent: () => wasSent,
  };
}

/** Opens the upstream for as long as the work takes: an open connection would keep the process alive. */
async function withUpstream<T>(
  access: UpstreamAccess,
  work: (fetchPage: FetchPage) => Promise<T>,
): Promise<T> {
  const options = {
    baseUrl: access.url,
    timeoutMs: access.timeoutMs,
    credentials: access.credentials,
    dispatcher: createDispatcher({ maxConcurrency: 1, ...access.proxy }),
    now: Date.now,
    monotonicNow: () => performance.now(),
    // No `retry`: ten calls are ten calls.
  };
  const client = createUpstreamClient(options);
  try {
    const deadlineAt = Number.POSITIVE_INFINITY; // Each call has its timeout, and waits for no budget.
    return await work(
      client.forCaller({ headers: access.headers, requestId: 'verify-upstream', deadlineAt }),
    );
  } finally {
    await client.close();
  }
}

function conclude(say: CommandInput['say'], { lines, exitCode }: Advice): Advice['exitCode'] {
  for (const line of lines) say(line);
  return exitCode;
}
