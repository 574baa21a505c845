/** What an answer from Redis must look like: one of another release is ignored, never taken for ours. Pure. */
import type {
  CustomerDetails,
  LedgerEntry,
  LedgerPage,
  LedgerWarning,
  PageAnswer,
} from '../upstream/page-request.ts';

/** An answer, and until when it may be used, in milliseconds since 1970. */
export type KeptAnswer = { readonly answer: PageAnswer; readonly until: number };

type Check = (value: unknown) => boolean;

/** A check for each member: a new one does not compile without. */
type Shape<T> = Readonly<Record<keyof T, Check>>;

const details: Shape<CustomerDetails> = {
  userId: isText,
  externalId: isTextOrNull,
  firstName: isTextOrNull,
  lastName: isTextOrNull,
  entityType: isTextOrNull,
};

const entry: Shape<LedgerEntry> = {
  pointsCategory: isText,
  programId: isText,
  programName: isTextOrNull,
  closingBalance: isText,
  alternateCurrency: isTextOrNull,
  alternateCurrencyCategory: isTextOrNull,
};

const warning: Shape<LedgerWarning> = { code: isTextOrNull, message: isText };

const page: Shape<LedgerPage> = {
  details: (value) => hasShape(value, details),
  pageNumber: Number.isSafeInteger,
  pageSize: Number.isSafeInteger,
  totalEntries: Number.isSafeInteger,
  entries: (value) => isListOf(value, entry),
  warnings: (value) => isListOf(value, warning),
};

const kept: Shape<KeptAnswer> = {
  answer: (value) => value === null || hasShape(value, page),
  until: Number.isFinite,
};

/** Whether this is what `KeptAnswer` says, with neither a member more nor one less. */
export function isKeptAnswer(value: unknown): value is KeptAnswer {
  return hasShape(value, kept);
}

function hasShape(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.entries(value);
  return (
    members.length === Object.keys(shape).length && members.every(([name, member]) => shape[name]?.(member))
  );
}

function isListOf(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return Array.isArray(value) && value.every((one) => hasShape(one, shape));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}
