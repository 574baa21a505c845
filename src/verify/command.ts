/** The command: reads arguments and environment, makes the calls, prints lines, returns the exit code. */
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
  /** The arguments of the process without its first two. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, for secrets that are given as NAME_FILE. Throws if it cannot read the file. */
  readonly readFile: (path: string) => string;
  /** Prints a line. Called as soon as the line is known. */
  readonly say: (line: string) => void;
};

/**
 * Runs the command to its end. It makes no call if an argument or a setting is wrong.
 * @returns the exit code.
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

/** Notes whether the last call was sent: with key and secret it needs a token first. */
function watchSending(fetchPage: FetchPage): { fetchPage: FetchPage; wasSent: () => boolean } {
  let count = { tries: 0 };
  return {
    fetchPage(request, signal) {
      count = { tries: 0 };
      return fetchPage(request, signal, count);
    },
    wasSent: () => count.tries > 0,
  };
}

/** Closes the upstream after the work: an open connection would keep the process alive. */
async function withUpstream<T>(
  access: UpstreamAccess,
  work: (fetchPage: FetchPage) => Promise<T>,
): Promise<T> {
  const options = {
    baseUrl: access.url,
    timeoutMs: access.timeoutMs,
    credentials: access.credentials,
    dispatcher: createDispatcher({ maxConcurrency: 1, ...access.proxy }),
    now: () => performance.now(),
    wallNow: Date.now,
    // No `retry`: the command promises ten calls at most.
  };
  const client = createUpstreamClient(options);
  try {
    const deadlineAt = () => Number.POSITIVE_INFINITY; // Each call has its timeout, and no budget makes it wait.
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
