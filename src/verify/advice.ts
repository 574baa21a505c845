/**
 * What the command prints: a line for each call, the verdict, the settings. Pure. No line shows an entry, a balance or
 * the customer.
 */
import { GatewayError } from '../errors.ts';
import type { Block } from '../ledger/list/block.ts';
import type { PageAnswer } from '../upstream/page-request.ts';
import type { Verdict } from './verdict.ts';

/** The last lines, and the exit code: 0 as assumed, 1 not as assumed, 2 could not tell. */
export type Advice = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 | 2 };

/** How to use the command. */
const usage: readonly string[] = [
  'Usage: npm run verify-upstream -- --mobile VALUE [--source INSTORE] [--account-id ID]',
  '',
  'Checks in at most ten calls whether the upstream pages as the gateway assumes, and prints the settings.',
  'The customer: --mobile, --email, --external-id, --card-number, --card-external-id or --id. Choose one with more',
  'than ten entries, best twenty, with some short pages, and with balances that do not change now.',
  '',
  'Environment: UPSTREAM_URL and the other settings that the gateway needs to reach it. Service credentials',
  '(UPSTREAM_BASIC_* or UPSTREAM_OAUTH_*), or those of a caller: VERIFY_AUTHORIZATION, the whole header, or',
  'VERIFY_OAUTH_TOKEN. Each secret also as NAME_FILE.',
  '',
  'Exit codes: 0 as assumed, 1 not as assumed, 2 could not tell.',
];

/** For arguments or settings that are missing or wrong. */
export function adviseOnUsage(problems: readonly string[]): Advice {
  return { lines: [...problems, '', ...usage], exitCode: 2 };
}

/** One call and its outcome. Without a token it was not sent. */
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

/** The verdict, and the settings that follow from it. `maxLimit` is in entries. */
export function advise(verdict: Verdict, maxLimit: number): Advice {
  switch (verdict.kind) {
    case 'fixed':
      return {
        lines: [
          'As assumed: entries have fixed positions, also behind a short page.',
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

/** No customer has this identifier. */
export const unknownCustomer: Advice = {
  lines: ['Could not tell: there is no such customer. Check --source; its default is INSTORE.'],
  exitCode: 2,
};

/** A call failed. If it was not sent, the token endpoint gave no token for it. */
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
  'If the list changes every time, choose another customer.',
];

const tooFewLines = [
  'Could not tell: the customer has too few entries. They fit on one page.',
  'Choose one with more than ten entries, best twenty, and with some short pages.',
];

const noShortPageLines = [
  'Could not tell all: the pages are as assumed, but no page came short with entries after it.',
  'A short page may move them. Choose a customer whose first or second page shows',
  'fewer entries than its pageSize. If you have none, these settings are right:',
];

function set(maxLimit: number, isFixed: boolean): string[] {
  return ['', `  UPSTREAM_MAX_LIMIT=${maxLimit}`, `  UPSTREAM_FIXED_PAGES=${isFixed}`];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
