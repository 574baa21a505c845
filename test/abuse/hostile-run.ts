/**
 * Attacks a gateway with generated operations, in a process with nothing but the gateway and its sandbox. Prints its
 * findings as JSON; `[]` means that every bound held.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { drawFrom, type HostileRequest, hostileRequest } from './hostile-operations.ts';

/** How many requests, and the seed that draws them. Any seed will do. */
const [runs, seed] = [780, 20_261];

/** Longest turn of the event loop, in milliseconds of CPU time, which does not pass while other processes run. */
const longestTurnMs = 20;
/**
 * A slow request is timed again, and its fastest try counts: garbage collection and a busy neighbour on the same core
 * make any turn slow now and then. The pauses between the tries grow, so that the tries outlast a busy moment.
 */
const mostTries = 30;
const pauseStepMs = 5;
/** Enough to see what is wrong; the tries of more would take minutes. */
const mostFindings = 10;
/** Largest answer, in characters. */
const mostCharacters = 2_000_000;
/** Most calls: those that one HTTP request may make, and one for the request beside it. */
const mostCalls = 51;

const members = Array.from({ length: 50 }, (_, n) =>
  numberedMember(String(447_700_000_000 + n), { ledger: numberedLedger(n === 0 ? 250 : 3) }),
);
const light = '{ customer(identifier: { name: MOBILE, value: "447700000007" }) { userId } }';
const lightAnswer = '{"data":{"customer":{"userId":"447700000007"}}}';

const sandbox = await startSandbox({ members });
const config = loadConfig(
  {
    UPSTREAM_URL: sandbox.url,
    UPSTREAM_BASIC_USER: demoCredentials.basic.user,
    UPSTREAM_BASIC_PASSWORD: demoCredentials.basic.password,
    ALLOW_ANONYMOUS: 'true',
    ...(process.argv.includes('--production') && { NODE_ENV: 'production', ID_SECRET: 'x'.repeat(32) }),
  },
  { readFile: () => '', randomSecret: () => 'a secret for one run that is long enough' },
);
if (config.upstream.mode === 'sandbox') throw new Error('The run needs an upstream');
const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const gateway = createGateway(
  { ...config, upstream: config.upstream },
  { log, wallNow: Date.now, createRequestId: () => crypto.randomUUID() },
);

async function post(body: string): Promise<string> {
  const response = await gateway.fetch(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    }),
  );
  return response.text();
}

/** Milliseconds of CPU time that this process has used. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Watches the turns of the event loop. The function that it returns stops it, and returns the longest turn. */
function watchTurns(): () => number {
  let [longest, last, isOn] = [0, cpuMs(), true];
  const look = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOn) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    isOn = false;
    look();
    return longest;
  };
}

type Outcome = {
  readonly answer: string;
  readonly beside: string;
  readonly longestMs: number;
  readonly calls: number;
};

async function attack({ body }: HostileRequest): Promise<Outcome> {
  sandbox.reset();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const stop = watchTurns();
  const [answer, beside] = await Promise.all([post(text), post(JSON.stringify({ query: light }))]);
  return { answer, beside, longestMs: stop(), calls: sandbox.callCount() };
}

type Result = { readonly data?: unknown; readonly errors?: { readonly extensions: { code: string } }[] };

function judge({ answer, beside, calls }: Outcome): string[] {
  const results: Result[] = [JSON.parse(answer)].flat();
  const codes = results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
  const isRefused = results.every(({ data }) => data === undefined);
  return [
    answer.length > mostCharacters ? `an answer of ${answer.length} characters` : '',
    results.some(({ errors = [] }) => errors.length > 101) ? 'more than a hundred errors' : '',
    codes.includes('INTERNAL_SERVER_ERROR') ? 'a fault' : '',
    calls > (isRefused ? 1 : mostCalls) ? `${calls} calls` : '',
    beside === lightAnswer ? '' : `the request beside it is answered ${beside}`,
  ].filter((finding) => finding !== '');
}

/** Everything that is wrong with any try, and the turn of the fastest if that is too long. */
async function findingsOf(request: HostileRequest): Promise<string[]> {
  const found = new Set<string>();
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < mostTries && fastestMs > longestTurnMs; tries += 1) {
    if (tries > 0) await wait(tries * pauseStepMs);
    const outcome = await attack(request);
    for (const finding of judge(outcome)) found.add(finding);
    fastestMs = Math.min(fastestMs, outcome.longestMs);
  }
  return [...found, ...(fastestMs > longestTurnMs ? [`a turn of ${fastestMs.toFixed(1)} ms`] : [])];
}

// The compiler works in the same turns as the code that it compiles: code must be warm before it is timed.
for (let number = 0; number < 40; number += 1) await attack(hostileRequest(number, drawFrom(number)));
const findings: string[] = [];
const draw = drawFrom(seed);
for (let number = 0; number < runs && findings.length < mostFindings; number += 1) {
  const request = hostileRequest(number, draw);
  const found = await findingsOf(request);
  findings.push(...found.map((finding) => `${number}, ${request.kind}: ${finding}`));
}
await gateway.close();
await sandbox.close();
process.stdout.write(JSON.stringify(findings));
