/**
 * Attacks a gateway with generated operations, in a process of its own, where nothing but the gateway and its sandbox
 * works. Prints what it found, as JSON; nothing, `[]`, is what should be found.
 */
import { loadConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { drawFrom, type HostileRequest, hostileRequest } from './hostile-operations.ts';

/** How many requests, and from which seed they are drawn; any will do. */
const [runs, seed] = [780, 20_261];

/** No turn of the loop may take longer, in milliseconds of this process's own time, which does not pass while others run. */
const longestTurnMs = 20;
/** The largest answer, in characters. */
const mostCharacters = 2_000_000;
/** The most calls: those that one HTTP request may make, and that of the request beside it. */
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
  { log, now: Date.now, createRequestId: () => crypto.randomUUID() },
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

/** Milliseconds that this process has worked. */
function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Watches the turns of the loop until it is told to stop, and then gives the longest. */
function watchTurns(): () => number {
  let [longest, last, isOn] = [0, workedMs(), true];
  const look = () => {
    const now = workedMs();
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
    beside === lightAnswer ? '' : `a neighbour who is told ${beside}`,
  ].filter((finding) => finding !== '');
}

const findings: string[] = [];
// The compiler works in the same turns as what it compiles: only what it has seen before can be timed.
for (let number = 0; number < 40; number += 1) await attack(hostileRequest(number, drawFrom(number)));
const draw = drawFrom(seed);
for (let number = 0; number < runs; number += 1) {
  const request = hostileRequest(number, draw);
  let outcome = await attack(request);
  // So does the collector of garbage: what is slow must be slow each time.
  for (let again = 0; outcome.longestMs > longestTurnMs && again < 30; again += 1)
    outcome = await attack(request);
  const turn = outcome.longestMs > longestTurnMs ? [`a turn of ${outcome.longestMs.toFixed(1)} ms`] : [];
  findings.push(...[...judge(outcome), ...turn].map((finding) => `${number}, ${request.kind}: ${finding}`));
}
await gateway.close();
await sandbox.close();
process.stdout.write(JSON.stringify(findings));
