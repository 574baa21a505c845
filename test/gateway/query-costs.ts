/**
 * What queries cost, in upstream calls: printed into docs/call-economy.md, and each run by a test.
 */

/** One row. `query` runs as it stands against the sandbox, with `$many` a customer of 137 entries, `$two` of 17. */
export type QueryCost = {
  readonly query: string;
  readonly calls: number;
  readonly because: string;
  /** One of the few that the README shows. */
  readonly isInReadme?: true;
};

/** The rows, the plainest first. */
export const queryCosts: readonly QueryCost[] = [
  {
    query: 'customer(identifier: $many) { firstName lastName }',
    calls: 1,
    because: 'every page names the customer',
  },
  {
    query: 'customer(identifier: $many) { firstName ledgerBalance(first: 10) { nodes { closingBalance } } }',
    calls: 1,
    because: 'the page with the balances also names the customer',
    isInReadme: true,
  },
  {
    query: 'customer(identifier: $many) { ledgerBalance(first: 200) { totalCount } }',
    calls: 1,
    because: 'no entry is asked for',
  },
  {
    query:
      'a: customer(identifier: $many) { ledgerBalance(first: 3) { nodes { closingBalance } } } b: customer(identifier: $many) { ledgerBalance(first: 10) { nodes { closingBalance } } }',
    calls: 1,
    because: 'one list is one plan, however often it is asked for',
    isInReadme: true,
  },
  {
    query: 'customer(identifier: $two) { ledgerBalance(first: 50) { nodes { closingBalance } } }',
    calls: 2,
    because: 'of 17 entries: what does not exist is not called for',
  },
  {
    query: 'customer(identifier: $many) { ledgerBalance(first: 50) { nodes { closingBalance } } }',
    calls: 5,
    because: 'ten entries a page; the first call alone, the others side by side',
    isInReadme: true,
  },
  {
    query: 'customer(identifier: $two) { ledgerBalance(last: 5) { nodes { closingBalance } } }',
    calls: 2,
    because: 'one call to learn where the end is',
  },
  {
    query:
      'customer(identifier: $many) { now: ledgerBalance { nodes { closingBalance } } then: ledgerBalance(endDate: "2025-12-31T23:59:59") { nodes { closingBalance } } }',
    calls: 2,
    because: 'two moments are two lists',
  },
  {
    query: 'customers(identifiers: [$many, $two, $many]) { firstName }',
    calls: 2,
    because: 'two customers; the repeat costs nothing',
  },
  {
    query: 'customer(identifier: { name: MOBILE, value: "447700900999" }) { firstName }',
    calls: 1,
    because: 'to learn that there is none',
  },
  {
    query: 'customer(identifier: $many) { ledgerBalance(first: -1) { totalCount } }',
    calls: 0,
    because: 'refused',
  },
];
