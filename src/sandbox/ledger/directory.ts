/** Finds members by their identifiers, and knows which alternate currencies there are at all. Pure. */

import { categoryTypeOf } from './ledger.ts';
import type { CategoryType, Member, MemberIdentifier } from './member.ts';
import type { Question } from './question.ts';

/** A list of members, made searchable. */
export type Directory = {
  readonly members: readonly Member[];
  /** The member that a question names, or `undefined`. Of two with one identifier, the first. */
  readonly find: (question: Question) => Member | undefined;
  /** Whether any member holds a currency of one of these names, of this category where one is given. */
  readonly hasCurrency: (names: readonly string[], category: CategoryType | undefined) => boolean;
};

type Registration = { readonly identifier: MemberIdentifier; readonly member: Member };

/** Makes a list of members searchable. */
export function createDirectory(members: readonly Member[]): Directory {
  const registrations = indexRegistrations(members);
  const currencies = listCurrencies(members);
  return {
    members,
    find: (question) => {
      const candidates = registrations.get(keyOf(question.identifierName, question.identifierValue)) ?? [];
      return candidates.find(({ identifier }) => isMeant(identifier, question))?.member;
    },
    hasCurrency: (names, category) =>
      currencies.some(
        (currency) =>
          names.includes(currency.name) && (category === undefined || category === currency.category),
      ),
  };
}

function indexRegistrations(members: readonly Member[]): Map<string, Registration[]> {
  const index = new Map<string, Registration[]>();
  for (const member of members) {
    for (const identifier of [{ name: 'id', value: member.userId } as const, ...member.identifiers]) {
      const key = keyOf(identifier.name, identifier.value);
      index.set(key, [...(index.get(key) ?? []), { identifier, member }]);
    }
  }
  return index;
}

function keyOf(name: string, value: string): string {
  return `${name}\n${value}`;
}

/**
 * The numeric id is not registered anywhere: it names the member in every source. `ALL` looks
 * everywhere, and an accountId then narrows. Any other source must be the one, and so must the account,
 * named or not: two accounts of one source may know different people under one value.
 */
function isMeant(identifier: MemberIdentifier, question: Question): boolean {
  if (identifier.name === 'id') return true;
  const { source, accountId } = question;
  if (source === 'ALL') return accountId === undefined || accountId === identifier.accountId;
  return source === (identifier.source ?? 'INSTORE') && accountId === identifier.accountId;
}

// Chosen: 9018 is about currencies that nobody holds. A member without a known one has an empty ledger.
function listCurrencies(members: readonly Member[]): { name: string; category: CategoryType }[] {
  const accounts = members.flatMap((member) => member.ledger.filter((account) => account !== null));
  return accounts.flatMap((account) =>
    account.alternateCurrency === undefined
      ? []
      : [{ name: account.alternateCurrency, category: categoryTypeOf(account) }],
  );
}
