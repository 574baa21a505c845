/**
 * The story explains the API by operations, in the order of reading. Each runs unchanged against the sandbox. GraphiQL
 * shows them as tabs, and the collection in `requests/` is generated from them.
 */

import type { Cast, Chapter } from './story-cast.ts';
import { errorChapters } from './story-errors.ts';

const firstPage = `# A page has some of a member's balances, the total that
# the upstream counts, and a cursor to go on from.

query FirstPage($identifier: CustomerIdentifierInput!) {
  customer(identifier: $identifier) {
    firstName
    lastName
    ledgerBalance(first: 3) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          pointsCategory
          programName
          closingBalance
        }
      }
    }
  }
}
`;

const nextPage = `# Go on where the first page ended: its endCursor is
# this page's \`after\`. While hasNextPage is true there
# is more. Going back is \`last\` with \`before\`.

query NextPage(
  $identifier: CustomerIdentifierInput!
  $after: String!
) {
  customer(identifier: $identifier) {
    ledgerBalance(first: 3, after: $after) {
      pageInfo {
        hasPreviousPage
        hasNextPage
        endCursor
      }
      edges {
        cursor
        node {
          pointsCategory
          closingBalance
        }
      }
    }
  }
}
`;

const twoDates = `# Two moments side by side: two lists of one member,
# told apart by their aliases. A list costs upstream
# calls once, however often and in whatever pieces a
# document asks for it.

query TwoDates(
  $identifier: CustomerIdentifierInput!
  $before: LocalDateTime!
  $after: LocalDateTime!
) {
  customer(identifier: $identifier) {
    firstName
    before: ledgerBalance(endDate: $before) {
      ...Balances
    }
    after: ledgerBalance(endDate: $after) {
      ...Balances
    }
    now: ledgerBalance {
      ...Balances
    }
  }
}

fragment Balances on LedgerBalance {
  totalCount
  nodes {
    pointsCategory
    closingBalance
  }
}
`;

const alternateCurrencies = `# Points are the default. Alternate currencies come on
# demand: by name, or all of them. closingBalance is a
# string: a number of JavaScript could not hold every
# digit.

query Currencies(
  $identifier: CustomerIdentifierInput!
  $names: [String!]!
) {
  customer(identifier: $identifier) {
    pointsOnly: ledgerBalance {
      ...Currencies
    }
    named: ledgerBalance(currencies: $names) {
      ...Currencies
    }
    all: ledgerBalance(includeAllCurrencies: true) {
      ...Currencies
    }
  }
}

fragment Currencies on LedgerBalance {
  nodes {
    closingBalance
    pointsCategory
    alternateCurrency
    alternateCurrencyCategory
  }
}
`;

const severalMembers = `# Several members in one request, in the order in which
# they are named. Nobody is known by the last
# identifier: that is null and no error.

query Members(
  $identifiers: [CustomerIdentifierInput!]!
) {
  customers(identifiers: $identifiers) {
    id
    firstName
    lastName
    ledgerBalance(first: 2) {
      totalCount
      nodes {
        pointsCategory
        closingBalance
      }
    }
  }
}
`;

const otherIdentifiers = `# One member by mobile and by e-mail: one userId, but
# two ids, because an id names the member as it was
# asked for. \`source\` says where an identifier is
# registered: INSTORE unless told.

query Identifiers(
  $mobile: CustomerIdentifierInput!
  $email: CustomerIdentifierInput!
  $online: CustomerIdentifierInput!
) {
  byMobile: customer(identifier: $mobile) {
    ...Who
  }
  byEmail: customer(identifier: $email) {
    ...Who
  }
  fromTheWebShop: customer(identifier: $online) {
    ...Who
  }
}

fragment Who on Customer {
  id
  userId
  externalId
  firstName
  lastName
}
`;

/** The story with the customers of `cast`. Without the sandbox it leaves out the chapters that need it. */
export function tellStory(cast: Cast, { inSandbox }: { readonly inSandbox: boolean }): readonly Chapter[] {
  const chapters: readonly Chapter[] = [
    { name: 'FirstPage', query: firstPage, variables: { identifier: cast.member } },
    { name: 'NextPage', query: nextPage, variables: { identifier: cast.member, after: cast.cursor } },
    {
      name: 'TwoDates',
      query: twoDates,
      variables: {
        identifier: cast.history,
        before: '2025-03-30T23:59:59',
        after: '2025-12-31T23:59:59',
      },
    },
    {
      name: 'Currencies',
      query: alternateCurrencies,
      variables: { identifier: cast.currencies, names: ['Gold', 'Miles'] },
    },
    {
      name: 'Members',
      query: severalMembers,
      variables: { identifiers: [cast.member, cast.history, cast.nobody] },
    },
    {
      name: 'Identifiers',
      query: otherIdentifiers,
      variables: { mobile: cast.member, email: cast.memberByEmail, online: cast.online },
    },
    ...errorChapters(cast),
  ];
  return chapters.filter(({ sandboxOnly }) => inSandbox || sandboxOnly !== true);
}
