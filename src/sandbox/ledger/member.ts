/**
 * What the sandbox knows of one member: who it is, under which identifiers it is found, and its ledger.
 * Types only; the demonstration members are in `members.ts`, and tests bring their own.
 */

import type { Fault } from '../faults/faults.ts';
import type { Json, JsonStyle } from '../wire/json-text.ts';

/** The identifier names as the endpoint spells them. `id` is the numeric customer id. */
export const identifierNames = [
  'mobile',
  'email',
  'externalId',
  'cardnumber',
  'cardExternalId',
  'id',
] as const;
export type IdentifierName = (typeof identifierNames)[number];

/** Where an identifier can be registered. `ALL` stands in questions only: it looks in every source. */
export const sources = [
  'INSTORE',
  'MARTJACK',
  'WECHAT',
  'FACEBOOK',
  'WEB_ENGAGE',
  'TMALL',
  'TAOBAO',
  'JD',
  'ECOMMERCE',
  'WEBSITE',
  'LINE',
  'ALL',
] as const;
export type Source = (typeof sources)[number];

/** Kinds of points category. */
export const categoryTypes = ['REGULAR', 'PROMISED', 'TRIGGER_BASED'] as const;
export type CategoryType = (typeof categoryTypes)[number];

/** Kinds of what moves a balance. */
export const entryTypes = ['CREDIT', 'DEBIT', 'OPENING_BALANCE'] as const;
export type EntryType = (typeof entryTypes)[number];

/** One way to find a member. Of one that has an `accountId`, the question must name it too. */
export type MemberIdentifier = {
  readonly name: IdentifierName;
  readonly value: string;
  /** Default `INSTORE`. */
  readonly source?: Exclude<Source, 'ALL'>;
  readonly accountId?: string;
};

/** Something that moved a balance. */
export type LedgerEvent = {
  /** `YYYY-MM-DDThh:mm:ss`, no zone; such texts sort as the moments do. */
  readonly at: string;
  readonly type: 'CREDIT' | 'DEBIT';
  /** A decimal with up to three decimals, not negative. */
  readonly amount: string;
  /** Triggered at a till of the programme's concept for another programme: counted only on demand. */
  readonly atConceptTill?: true;
};

/** One position of a ledger: what a member holds of one points category in one programme. */
export type Account = {
  readonly pointsCategory: string;
  /** An integer of any size. */
  readonly programId: string;
  readonly programName?: string | null;
  /** Default `REGULAR`. For an alternate currency this is also its `alternateCurrencyCategory`. */
  readonly categoryType?: CategoryType;
  /** Stands on alternate currencies only, which are listed on demand only. */
  readonly alternateCurrency?: string;
  /** Sent verbatim where no event counts. Default: none, which adds up from 0.000. */
  readonly openingBalance?: string;
  readonly events?: readonly LedgerEvent[];
  /** Before this moment the account is not in the ledger. Default: it always was. */
  readonly openedAt?: string;
  /** From which tills it is seen. Default: from every till. */
  readonly tillIds?: readonly string[];
};

/**
 * One member. Names and `externalId` are left out of the answer when they are left out here, and sent as
 * `null` or `""` when they are so here.
 */
export type Member = {
  /** An integer of any size. The member is found under it as identifier `id` in every source. */
  readonly userId: string;
  readonly externalId?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  /** Default `CUSTOMER`. */
  readonly entityType?: string | null;
  /** How it is found, besides `id`. */
  readonly identifiers: readonly MemberIdentifier[];
  /** Positions 0, 1, 2, …; `null` is a position that no answer ever shows, and that no filter removes. */
  readonly ledger: readonly (Account | null)[];
  /** What the answers claim as the total. Default: the truth, which is the number of positions. */
  readonly totalEntries?: number;
  /** Sent with every answer, in any shape. Default: none. */
  readonly warnings?: readonly Json[];
  /** Merged into another member: every question is refused with 8069. */
  readonly merged?: true;
  /**
   * What goes wrong with every question about this member, after the faults that are switched on. Nothing is
   * counted from call to call, so of a fault's scope only what concerns the single call has a meaning.
   */
  readonly faults?: readonly Fault[];
  /** How the integers are sent. Default `number`, as in the reference's samples. */
  readonly idsAs?: 'number' | 'string';
  /** How balances are sent. Default `string`, as in the reference's samples. */
  readonly balancesAs?: 'number' | 'string';
  /** White space in the body. Default `compact`. */
  readonly jsonStyle?: JsonStyle;
};
