/**
 * The words for what a run came to: a line for each call, the verdict, what to set. Pure. No line holds an
 * entry, a balance or who the customer is.
 */
import { GatewayError } from '../errors.ts';
import type { Block } from '../ledger/list/block.ts';
import type { PageAnswer } from '../upstream/page-request.ts';
import type { Verdict } from './verdict.ts';

/** What the process ends with: 0 as assumed, 1 not as assumed, 2 could not tell. */
export type Advice = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 | 2 };

/** How to use the command. */
const usage: readonly string[] = [
  'Usage: npm run verify-upstream -- --mobile VALUE [--source INSTORE] [--account-id ID]',
  '',
  'Checks in at most ten calls that the upstream pages as the gateway assumes, and says what to set.',
  'The customer: --mobile, --email, --external-id, --card-number, --card-external-id or --id. Choose one whose',
  'balances rest, with more than ten entries, best twenty, of which some pages come short.',
  '',
  'Environment: UPSTREAM_URL and whatever else the gateway needs to reach it, with service credentials',
  '(UPSTREAM_BASIC_* or UPSTREAM_OAUTH_*) or those of a caller: VERIFY_AUTHORIZATION, the whole header, or',
  'VERIFY_OAUTH_TOKEN. Each secret also as NAME_FILE.',
  '',
  'Ends with 0 as assumed, 1 not as assumed, 2 could not tell.',
];

/** What is said to somebody who did not say enough, or not rightly. */
export function adviseOnUsage(problems: readonly string[]): Advice {
  return { lines: [...problems, '', ...usage], exitCode: 2 };
}

/** One call and what came of it; it was not sent when there was no token to send it with. */
export function describeCall(
  { limit, pageNumber }: Block,
  answer: PageAnswer | GatewayError,
  wasSent: boolean,
): string {
  const asked = `  limit=${limit} offset=${pageNumber}`.padEnd(24);
  if (answer instanceof GatewayError) return `${asked}${wasSent ? '' : 'not sent: '}${answer.code}`;
  if (answer === null) return `${asked}no such customer`;
  const { entries, pageSize, totalEntries } = answer;
  return `${asked}${entries.length} entries, pageSize ${pageSize}, totalEntries ${totalEntries}`;
}

/** The verdict in words, and the settings that follow from it. `maxLimit` is in entries. */
export function advise(verdict: Verdict, maxLimit: number): Advice {
  switch (verdict.kind) {
    case 'fixed':
      return {
        lines: [
          'As assumed: entries stand at fixed positions, also where pages come short.',
          ...set(maxLimit, false),
        ],
        exitCode: 0,
      };
    case 'not-fixed':
      return {
        lines: [
          'Not as assumed: entries have no fixed positions.',
          ...indent(verdict.evidence),
          ...set(maxLimit, true),
        ],
        exitCode: 1,
      };
    case 'offset-counts-entries':
      return { lines: [...offsetLines, ...indent(verdict.evidence)], exitCode: 1 };
    case 'changed':
      return { lines: changedLines, exitCode: 2 };
    case 'too-few-entries':
      return { lines: tooFewLines, exitCode: 2 };
    case 'no-short-page':
      return { lines: [...noShortPageLines, ...set(maxLimit, false)], exitCode: 2 };
  }
}

/** There is nobody with this identifier. */
export const unknownCustomer: Advice = {
  lines: [
    'Could not tell: there is no such customer. Mind --source, which is INSTORE unless told otherwise.',
  ],
  exitCode: 2,
};

/** A call failed, or, when it was not sent, the token endpoint gave no token for it. */
export function adviseOnFailure({ code, message, details }: GatewayError, wasSent: boolean): Advice {
  const what = wasSent ? 'a call failed' : 'the token endpoint gave no token';
  const wait = details.retryAfter === undefined ? '' : ` Run again after ${details.retryAfter} seconds.`;
  const check = code === 'UPSTREAM_UNAUTHORIZED' ? ` Check ${wasSent ? serviceSettings : keySettings}.` : '';
  return { lines: [`Could not tell: ${what} (${code}). ${message}${wait}${check}`], exitCode: 2 };
}

const keySettings = 'UPSTREAM_OAUTH_KEY and UPSTREAM_OAUTH_SECRET';
const serviceSettings = 'UPSTREAM_BASIC_* or UPSTREAM_OAUTH_*, and what they are allowed to read';

const offsetLines = [
  'Not as assumed: `offset` counts entries here, not pages.',
  'No setting suits such an upstream: this gateway would show entries twice.',
];

const changedLines = [
  'Could not tell: the list changed while it was read. Run again.',
  'If it says so every time, choose a customer whose balances rest.',
];

const tooFewLines = [
  'Could not tell: the customer has too few entries, what there is fits on one page.',
  'Choose one with more than ten entries, best twenty, of which some pages come short.',
];

const noShortPageLines = [
  'Could not tell all: what was seen is as assumed, but no page came short with entries after it.',
  'What is left is whether a short page moves them. Choose a customer of whom the first page, or the second, shows',
  'fewer entries than its pageSize. If you have none, these settings are right:',
];

function set(maxLimit: number, isFixed: boolean): string[] {
  return ['', `  UPSTREAM_MAX_LIMIT=${maxLimit}`, `  UPSTREAM_FIXED_PAGES=${isFixed}`];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
