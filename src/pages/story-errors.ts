/** The chapters about errors: what each kind looks like, and that a failed field does not affect its siblings. */

import { bySituation, type Cast, type Chapter } from './story-cast.ts';

const partialList = `# A later page failed for good: what was read before it
# is data, not an error. The warning LIST_INCOMPLETE
# has the cause; going on from endCursor costs only what
# is missing.

query EndsEarly($identifier: CustomerIdentifierInput!) {
  customer(identifier: $identifier) {
    ledgerBalance(first: 15) {
      warnings {
        code
        message
        cause
        retryable
        retryAfter
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
      edges {
        node {
          pointsCategory
          closingBalance
        }
      }
    }
  }
}
`;

const wrongCursor = `# A cursor is good for the list that it came from. Any
# other is BAD_USER_INPUT, as is every wrong argument;
# extensions.argument names it. It refuses its own field,
# without a call for it: the name is served by one.

query WrongArgument(
  $identifier: CustomerIdentifierInput!
) {
  customer(identifier: $identifier) {
    firstName
    ledgerBalance(first: 3, after: "of-another-list") {
      totalCount
    }
  }
}
`;

const refusals = `# What the upstream refuses. One failing balance leaves
# its siblings whole, and so does one failing member:
# every error has a path, a code, and says whether
# trying again may help.

query Refusals(
  $member: CustomerIdentifierInput!
  $merged: CustomerIdentifierInput!
) {
  customer(identifier: $member) {
    firstName
    points: ledgerBalance {
      nodes {
        closingBalance
      }
    }
    unknown: ledgerBalance(currencies: ["Doubloons"]) {
      nodes {
        closingBalance
      }
    }
  }
  mergedMember: customer(identifier: $merged) {
    firstName
  }
}
`;

const outages = `# Failures that pass: retryable is true, and
# RATE_LIMITED says in how many seconds. The sandbox
# keeps a member for each; its control page switches the
# same on for everybody.

query Outages(
  $limited: CustomerIdentifierInput!
  $unavailable: CustomerIdentifierInput!
  $garbled: CustomerIdentifierInput!
  $well: CustomerIdentifierInput!
) {
  rateLimited: customer(identifier: $limited) {
    firstName
  }
  unavailable: customer(identifier: $unavailable) {
    firstName
  }
  garbled: customer(identifier: $garbled) {
    firstName
  }
  well: customer(identifier: $well) {
    firstName
  }
}
`;

const noAnswer = `# This member's upstream never answers. After
# UPSTREAM_TIMEOUT_MS, usually ten seconds, the gateway
# gives up: UPSTREAM_TIMEOUT.

query NoAnswer($identifier: CustomerIdentifierInput!) {
  customer(identifier: $identifier) {
    firstName
  }
}
`;

const tooExpensive = `# 60 upstream calls would be needed, and
# MAX_CALLS_PER_OPERATION is usually 50. The price is
# known before the first call, so none was made:
# OPERATION_TOO_EXPENSIVE.

query TooExpensive(
  $identifier: CustomerIdentifierInput!
  $spring: LocalDateTime!
  $autumn: LocalDateTime!
) {
  customer(identifier: $identifier) {
    spring: ledgerBalance(first: 200, endDate: $spring) {
      ...Balances
    }
    autumn: ledgerBalance(first: 200, endDate: $autumn) {
      ...Balances
    }
    now: ledgerBalance(first: 200) {
      ...Balances
    }
  }
}

fragment Balances on LedgerBalance {
  nodes {
    pointsCategory
    closingBalance
  }
}
`;

const notInSchema = `# The schema has no such field. Editors that know the
# schema mark it; the gateway answers with
# GRAPHQL_VALIDATION_FAILED.

query NotInSchema(
  $identifier: CustomerIdentifierInput!
) {
  customer(identifier: $identifier) {
    balance
  }
}
`;

/** The chapters, beginning with the mildest failure. */
export function errorChapters({
  member,
  currencies,
}: Pick<Cast, 'member' | 'currencies'>): readonly Chapter[] {
  return [
    {
      name: 'EndsEarly',
      query: partialList,
      variables: { identifier: bySituation('second-page-fails') },
      sandboxOnly: true,
    },
    { name: 'WrongArgument', query: wrongCursor, variables: { identifier: member } },
    {
      name: 'Refusals',
      query: refusals,
      variables: { member: currencies, merged: bySituation('merged') },
      sandboxOnly: true,
    },
    {
      name: 'Outages',
      query: outages,
      variables: {
        limited: bySituation('rate-limited'),
        unavailable: bySituation('unavailable'),
        garbled: bySituation('garbled'),
        well: currencies,
      },
      sandboxOnly: true,
    },
    {
      name: 'NoAnswer',
      query: noAnswer,
      variables: { identifier: bySituation('no-answer') },
      sandboxOnly: true,
    },
    {
      name: 'TooExpensive',
      query: tooExpensive,
      variables: {
        identifier: member,
        spring: '2025-03-31T23:59:59',
        autumn: '2025-09-30T23:59:59',
      },
    },
    { name: 'NotInSchema', query: notInSchema, variables: { identifier: member } },
  ];
}
