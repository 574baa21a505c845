/** Prints the error codes as a TypeScript module for front ends, from the tables of `src/errors.ts`. Pure. */

import { type ErrorDetails, errorCodes, errorDetails } from '../src/errors.ts';

type Presence = 'always' | 'sometimes';
type CodeFacts = (typeof errorCodes)[keyof typeof errorCodes];

const preface = `/**
 * The error codes of the ledger balance gateway, for your front end. Copy this file: it imports nothing.
 * Printed from src/errors.ts by \`npm run readme\`.
 */
`;

const readers = `/** Whether a text is a code of the table above. A later release may send others: do not try those again. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.keys(errorCodes).includes(code);
}

/** Returns the \`extensions\` of an error of the gateway, and \`undefined\` for any other error, such as one of a proxy. */
export function extensionsOf(error: unknown): ErrorExtensions | undefined {
  const extensions = (error as { readonly extensions?: { readonly code?: unknown } } | null | undefined)?.extensions;
  return isErrorCode(extensions?.code) ? (extensions as ErrorExtensions) : undefined;
}
`;

function printCode([code, { retryable, meaning, remedy }]: readonly [string, CodeFacts]): string {
  const texts = `meaning: ${JSON.stringify(meaning)}, remedy: ${JSON.stringify(remedy)}`;
  return `${code}: { retryable: ${retryable}, ${texts} },`;
}

/** One member of the union. A newline before the first field keeps the formatter from joining the lines. */
function printMember([code, { retryable, details }]: readonly [string, CodeFacts]): string {
  const fields = Object.entries(details as Readonly<Record<keyof ErrorDetails, Presence>>).map(
    ([name, presence]) => {
      const { type, meaning } = errorDetails[name as keyof ErrorDetails];
      return `\n/** ${meaning} */\nreadonly ${name}${presence === 'always' ? '' : '?'}: ${type};`;
    },
  );
  return `| { readonly code: '${code}'; readonly retryable: ${retryable};${fields.join('')} }`;
}

/** The whole module, not yet formatted. */
export function printErrorModule(): string {
  const codes = Object.entries(errorCodes);
  return [
    preface,
    '/** What each code means and what to do. `retryable`: the very same request can succeed a little later. */',
    `export const errorCodes = {\n${codes.map(printCode).join('\n')}\n} as const;\n`,
    '/** A code of the table above. */',
    'export type ErrorCode = keyof typeof errorCodes;\n',
    '/** The `extensions` of an error. A `switch` over `code` tells which other fields there are. */',
    `export type ErrorExtensions =\n${codes.map(printMember).join('\n')};\n`,
    readers,
  ].join('\n');
}
