/**
 * What the sandbox knows of one member: its names, its identifiers, its ledger. `../demo/members.ts` has the
 * demonstration members; tests bring their own.
 */

import type { Fault } from '../faults/faults.ts';
import type { Json, JsonStyle } from '../wire/json-text.ts';
import type { categoryTypes, entryTypes, identifierNames, sources } from '../wire/parameters.ts';

/** How an identifier is named. */
export type IdentifierName = (typeof identifierNames)[number];
/** Where an identifier is registered. */
export type Source = (typeof sources)[number];
/** A kind of points category. */
export type CategoryType = (typeof categoryTypes)[number];
/** A kind of ledger entry. */
export type EntryType = (typeof entryTypes)[number];

/** One way to find a member. A question must name its `accountId`, if it has one. */
export type MemberIdentifier = {
  readonly name: IdentifierName;
  readonly value: string;
  /** Default `INSTORE`. */
  readonly source?: Exclude<Source, 'ALL'>;
  readonly accountId?: string;
};

/** A credit or a debit. */
export type LedgerEvent = {
  /** `YYYY-MM-DDThh:mm:ss`, no zone; such texts sort as the moments do. */
  readonly at: string;
  readonly type: 'CREDIT' | 'DEBIT';
  /** A decimal with up to three decimals, not negative. */
  readonly amount: string;
  /** It happened at a till of another programme of the same concept. It counts only on demand. */
  readonly atConceptTill?: true;
};

/** One position of a ledger: the points of one category in one programme. */
export type Account = {
  readonly pointsCategory: string;
  /** An integer of any size. */
  readonly programId: string;
  readonly programName?: string | null;
  /** Default `REGULAR`. An alternate currency sends it as its `alternateCurrencyCategory` too. */
  readonly categoryType?: CategoryType;
  /** Its name, if this is an alternate currency. Those are listed on demand only. */
  readonly alternateCurrency?: string;
  /** Sent verbatim where no event counts. Default: none, which counts as 0.000. */
  readonly openingBalance?: string;
  readonly events?: readonly LedgerEvent[];
  /** Before this moment the account is not in the ledger. Default: it always was. */
  readonly openedAt?: string;
  /** The tills that see it. Default: every till. */
  readonly tillIds?: readonly string[];
};

/**
 * One member. Names and `externalId` go into the answer as they stand here: left out, `null` or `""`.
 */
export type Member = {
  /** An integer of any size. The member is found under it as identifier `id` in every source. */
  readonly userId: string;
  readonly externalId?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  /** Default `CUSTOMER`. */
  readonly entityType?: string | null;
  /** Its identifiers besides `id`. */
  readonly identifiers: readonly MemberIdentifier[];
  /** Positions 0, 1, 2, …; no answer shows a position that is `null`, and no filter removes it. */
  readonly ledger: readonly (Account | null)[];
  /** The total that answers claim. Default: the number of positions. */
  readonly totalEntries?: number;
  /** Sent with every answer, in whatever shape they have here. Default: none. */
  readonly warnings?: readonly Json[];
  /** Merged into another member: the endpoint refuses every question with 8069. */
  readonly merged?: true;
  /**
   * Faults that hit every question about this member, after the faults that are switched on. They count nothing
   * from call to call, so a scope can only look at the single call.
   */
  readonly faults?: readonly Fault[];
  /** How integers are sent. Default `number`, as in the reference's samples. */
  readonly idsAs?: 'number' | 'string';
  /** How balances are sent. Default `string`, as in the reference's samples. */
  readonly balancesAs?: 'number' | 'string';
  /** White space in the body. Default `compact`. */
  readonly jsonStyle?: JsonStyle;
};
