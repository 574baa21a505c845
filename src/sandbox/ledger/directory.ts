/** Finds members by their identifiers, and knows every alternate currency that a member holds. Pure. */

import { categoryTypeOf } from './ledger.ts';
import type { CategoryType, Member, MemberIdentifier } from './member.ts';
import type { Question } from './question.ts';

/** A searchable list of members. */
export type Directory = {
  readonly members: readonly Member[];
  /** The member that a question names, or `undefined`. Of two members with one identifier it is the first. */
  readonly find: (question: Question) => Member | undefined;
  /** Whether any member holds a currency of one of these names, and of this category if one is given. */
  readonly hasCurrency: (names: readonly string[], category: CategoryType | undefined) => boolean;
};

type Registration = { readonly identifier: MemberIdentifier; readonly member: Member };

/** A directory of these members. */
export function createDirectory(members: readonly Member[]): Directory {
  const registrations = indexRegistrations(members);
  const currencies = listCurrencies(members);
  return {
    members,
    find: (question) => {
      const candidates = registrations.get(keyOf(question.identifierName, question.identifierValue)) ?? [];
      return candidates.find(({ identifier }) => isNamed(identifier, question))?.member;
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
 * The numeric id belongs to no source: it names the member in every source. `ALL` looks in every source, and an
 * accountId then narrows. With any other source, source and account must be equal: two accounts of one source may
 * give one value to different people.
 */
function isNamed(identifier: MemberIdentifier, question: Question): boolean {
  if (identifier.name === 'id') return true;
  const { source, accountId } = question;
  if (source === 'ALL') return accountId === undefined || accountId === identifier.accountId;
  return source === (identifier.source ?? 'INSTORE') && accountId === identifier.accountId;
}

// Chosen: 9018 refuses a currency that no member holds. A member without a currency that others hold has an empty list.
function listCurrencies(members: readonly Member[]): { name: string; category: CategoryType }[] {
  const accounts = members.flatMap((member) => member.ledger.filter((account) => account !== null));
  return accounts.flatMap((account) =>
    account.alternateCurrency === undefined
      ? []
      : [{ name: account.alternateCurrency, category: categoryTypeOf(account) }],
  );
}
