/** `clients/error-codes.ts`, which front ends copy: real answers have its types, and `code` tells which fields there are. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ExecutionResult } from 'graphql';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import * as source from '../../src/errors.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { expectClientForm } from '../../test/gateway/client-form.ts';
import { type Harness, oauthEnv, startHarness } from '../../test/gateway/harness.ts';
import { jsonPost, serve } from '../../test/gateway/listening.ts';
import { byMobile, mobiles, threeMembers } from '../../test/gateway/members.ts';
import { balances, details } from '../../test/operations.ts';
import {
  type ErrorCode,
  type ErrorExtensions,
  errorCodes,
  extensionsOf,
  isErrorCode,
} from '../error-codes.ts';

type Settings = Readonly<Record<string, string>>;

/** How a test gets an error: the answer, and the upstream calls that it costs. */
type Provocation = readonly [
  calls: number,
  ask: (harness: Harness) => Promise<ExecutionResult<unknown>>,
  env?: Settings,
];

const identifier = byMobile(mobiles.twelve);
const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };

const documentOf = (query: string): Provocation => [0, (harness) => harness.ask(query)];

/** Asks for a customer under a fault. */
const under = (fault: Fault, env: Settings = {}): Provocation => [
  1,
  (harness) => {
    harness.sandbox.setFaults([fault]);
    return harness.ask(details, { identifier });
  },
  env,
];

/** One more request while the heap is nearly full and eight requests wait for the upstream. */
async function askWhileFull({ gateway, sandbox, ...harness }: Harness): Promise<ExecutionResult<unknown>> {
  const url = await serve({ gateway, sandbox, ...harness });
  sandbox.setFaults([{ kind: 'hang' }]);
  const leave = new AbortController();
  const request = (value: number) => ({ ...jsonPost, body: JSON.stringify({ query: queryFor(value) }) });
  const waiting = Array.from({ length: 8 }, (_, value) =>
    fetch(url, { ...request(value), signal: leave.signal }).catch(() => undefined),
  );
  await sandbox.until(({ length }) => length === waiting.length);
  gateway.reportLoad({ loopDelayMs: 0, heapPercent: 95 });
  const answer: ExecutionResult<unknown> = await (await fetch(url, request(9))).json();
  leave.abort();
  await Promise.all(waiting);
  return answer;
}

const queryFor = (value: number) =>
  `{ customer(identifier: { name: MOBILE, value: "${value}" }) { userId } }`;

/** A token call fails, and the next caller is told how long none is made. */
async function askTwiceForToken(harness: Harness): Promise<ExecutionResult<unknown>> {
  harness.sandbox.setFaults([{ kind: 'cut-body', endpoint: 'token' }]);
  await harness.ask(details, { identifier });
  return harness.ask(details, { identifier });
}

/** One real error of each code. */
const provocations: Readonly<Record<ErrorCode, Provocation>> = {
  BAD_USER_INPUT: [0, (harness) => harness.ask(balances, { identifier, first: 201 })],
  GRAPHQL_PARSE_FAILED: documentOf('{'),
  GRAPHQL_VALIDATION_FAILED: documentOf('{ nobody }'),
  BAD_REQUEST: documentOf('query A { __typename } query B { __typename }'),
  OPERATION_LIMITED: documentOf(`{ ${'a { '.repeat(300)} a ${'} '.repeat(300)} }`),
  OPERATION_TOO_EXPENSIVE: [
    0,
    (harness) => harness.ask(balances, { identifier, first: 20 }),
    { MAX_CALLS_PER_OPERATION: '1' },
  ],
  UNAUTHENTICATED: under({ kind: 'unauthorized' }, forward),
  FORBIDDEN: under({ kind: 'forbidden' }, forward),
  UPSTREAM_UNAUTHORIZED: under({ kind: 'unauthorized' }),
  CUSTOMER_MERGED: under({ kind: 'refusal', code: 8069 }),
  RATE_LIMITED: under({ kind: 'rate-limited', retryAfter: 7 }, { OPERATION_TIMEOUT_MS: '2000' }),
  UPSTREAM_REJECTED: under({ kind: 'refusal', code: 1632 }),
  UPSTREAM_TIMEOUT: under({ kind: 'hang' }, { UPSTREAM_TIMEOUT_MS: '300' }),
  UPSTREAM_UNAVAILABLE: under({ kind: 'server-error' }),
  UPSTREAM_BAD_RESPONSE: [0, askTwiceForToken, oauthEnv],
  OVERLOADED: [8, askWhileFull],
  INTERNAL_SERVER_ERROR: [1, (harness) => harness.ask(details, { identifier })],
};

/** The `extensions` of the error that a provocation leads to. */
async function provoke(code: ErrorCode): Promise<unknown> {
  const [calls, ask, env] = provocations[code];
  const wallNow = () => {
    if (code === 'INTERNAL_SERVER_ERROR') throw new RangeError('broken');
    return Date.now();
  };
  const harness = await startHarness({ members: threeMembers }, env, { wallNow });
  const answer = await ask(harness);
  expectClientForm(answer);
  expect([code, harness.sandbox.callCount()]).toEqual([code, calls]);
  return answer.errors?.[0]?.extensions;
}

/** What TypeScript says about modules beside `error-codes.ts`: the complaints of each. */
function judge(modules: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'error-codes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync('clients/error-codes.ts', join(folder, 'error-codes.ts'));
  const names = modules.map((_, index) => `module-${index}.ts`);
  for (const [index, module] of modules.entries())
    writeFileSync(
      join(folder, `module-${index}.ts`),
      `import type { ErrorExtensions } from './error-codes.ts';\n${module}`,
    );
  const options =
    '--strict --noEmit --pretty false --target es2020 --allowImportingTsExtensions --types'.split(' ');
  const compiler = resolve('node_modules/.bin/tsc');
  const { stdout } = spawnSync(compiler, [...options, '', 'error-codes.ts', ...names], {
    cwd: folder,
    encoding: 'utf8',
  });
  const lines = stdout.split('\n');
  return ['error-codes.ts', ...names].map((name) => lines.filter((line) => line.startsWith(name)).join('\n'));
}

const answer = (literal: string) => `export const answer: ErrorExtensions = ${literal};\n`;
const reading = (statement: string) =>
  `export const read = (extensions: ErrorExtensions) => { ${statement}; };\n`;

/** Modules that are wrong, and a part of the complaint. */
const wrongModules = [
  [answer("{ code: 'RATE_LIMITED', retryable: true }"), "retryable: true; }' is not assignable"],
  [
    answer("{ code: 'RATE_LIMITED', retryable: false, retryAfter: 1 }"),
    "retryAfter: number; }' is not assignable",
  ],
  [answer("{ code: 'FORBIDDEN', retryable: false, limit: 1 }"), "'limit' does not exist"],
  [answer("{ code: 'NOT_A_CODE', retryable: false }"), '\'"NOT_A_CODE"\' is not assignable'],
  [reading('extensions.retryAfter'), "'retryAfter' does not exist"],
] as const;

describe('the error codes for front ends', () => {
  it('are those of the gateway', () => {
    const shown = ({ retryable, meaning, remedy }: (typeof source.errorCodes)[ErrorCode]) => ({
      retryable,
      meaning,
      remedy,
    });
    expect(errorCodes).toEqual(
      Object.fromEntries(Object.entries(source.errorCodes).map(([code, facts]) => [code, shown(facts)])),
    );
  });

  it('have the types of real answers, one for each code', async () => {
    const answers: unknown[] = [];
    for (const code of Object.keys(provocations) as ErrorCode[]) {
      const extensions = await provoke(code);
      expect(extensions).toMatchObject({ code });
      expect(extensionsOf({ extensions })).toBe(extensions);
      answers.push(extensions);
    }
    expect(judge([`export const answers: ErrorExtensions[] = ${JSON.stringify(answers)};\n`])).toEqual([
      '',
      '',
    ]);
  });

  it('have no field that the code does not have, and none before the code is known', () => {
    const right = reading("if (extensions.code === 'RATE_LIMITED') extensions.retryAfter.toFixed()");
    const complaints = judge([right, ...wrongModules.map(([module]) => module)]);
    expect(complaints).toEqual(['', '', ...wrongModules.map(([, part]) => expect.stringContaining(part))]);
  });

  it('narrow in a switch', () => {
    const say = (extensions: ErrorExtensions): string => {
      switch (extensions.code) {
        case 'RATE_LIMITED':
        case 'OVERLOADED':
          expectTypeOf(extensions.retryAfter).toEqualTypeOf<number>();
          return `again in ${extensions.retryAfter} s`;
        case 'UPSTREAM_UNAVAILABLE':
          expectTypeOf(extensions.retryAfter).toEqualTypeOf<number | undefined>();
          return 'later';
        case 'BAD_USER_INPUT':
          expectTypeOf(extensions.argument).toEqualTypeOf<string | undefined>();
          return `correct ${extensions.argument}`;
        case 'OPERATION_TOO_EXPENSIVE':
          expectTypeOf([extensions.calls, extensions.limit]).toEqualTypeOf<number[]>();
          return `${extensions.calls} of ${extensions.limit}`;
        default:
          return extensions.retryable ? 'later' : 'never';
      }
    };
    expect(say({ code: 'RATE_LIMITED', retryable: true, retryAfter: 7 })).toBe('again in 7 s');
    expect(say({ code: 'OPERATION_TOO_EXPENSIVE', retryable: false, calls: 9, limit: 5 })).toBe('9 of 5');
  });

  it.each([undefined, null, new Error('offline'), { extensions: {} }, { extensions: { code: 'toString' } }])(
    'are not found in %s',
    (error) => {
      expect(extensionsOf(error)).toBeUndefined();
    },
  );

  it('are told from other texts, as for the cause of a warning', () => {
    expect(['UPSTREAM_TIMEOUT', 'LIST_INCOMPLETE', 'toString', null].map(isErrorCode)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
