/** The rules of graphql-eslint that hold here. A rule that is off says why. */

import graphql from '@graphql-eslint/eslint-plugin';
import type { Linter } from 'eslint';

type Rules = Readonly<Linter.RulesRecord>;

const rulesOf = (name: keyof typeof graphql.configs): Rules =>
  graphql.configs[name].rules as Linter.RulesRecord;

/** Types without an id. A balance is told from others by its position only, and the rest are parts of a list. */
const typesWithoutId = [
  'ClosingBalance',
  'LedgerBalanceConnection',
  'LedgerBalanceEdge',
  'LedgerWarning',
  'PageInfo',
];

/** For the schema, in which the connection has Relay's name (`lint.ts`). */
export const schemaRules: Rules = {
  ...rulesOf('flat/schema-recommended'),
  ...rulesOf('flat/schema-relay'),
  '@graphql-eslint/require-nullable-result-in-root': 'error',
  '@graphql-eslint/require-description': [
    'error',
    {
      types: true,
      rootField: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
    },
  ],
  '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: typesWithoutId } }],
  // A balance is no Node, because it has no id. `customers`, `nodes` and `warnings` are plain lists.
  '@graphql-eslint/relay-edge-types': [
    'error',
    { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  ],
  // `ClosingBalance.closingBalance` is the upstream's own word, and clients rely on it.
  '@graphql-eslint/no-typename-prefix': 'off',
};

/** For operations. */
export const operationRules: Rules = rulesOf('flat/operations-recommended');
