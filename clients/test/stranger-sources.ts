/** The front end of a stranger: what stands beside the generated code. The tests of code generation compile and run it. */

const balances = `
import { graphql } from './gql';
import type { BalancesQuery } from './gql/graphql';

export const balances = graphql(\`
  query Balances(
    $identifier: CustomerIdentifierInput!
    $endDate: LocalDateTime
    $categoryType: PointCategoryType
    $after: String
  ) {
    customer(identifier: $identifier) {
      id
      ledgerBalance(endDate: $endDate, categoryType: $categoryType, first: 10, after: $after) {
        edges { cursor node { pointsCategory closingBalance } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
\`);

const format = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });

export function shownBalances({ customer }: BalancesQuery): string[] {
  const edges = customer?.ledgerBalance?.edges ?? [];
  return edges.map(({ node }) => node.pointsCategory + ': ' + format.format(node.closingBalance));
}
`;

const main = `
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { ClientError, GraphQLClient } from 'graphql-request';
import { balances, shownBalances } from './balances';
import { extensionsOf } from './error-codes';
import { type BalancesQueryVariables, IdentifierName, PointCategoryType } from './gql/graphql';

export function createFrontEnd(url: string, fetch: typeof globalThis.fetch) {
  const client = new GraphQLClient(url, { fetch });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const query = (value: string, filters: Omit<BalancesQueryVariables, 'identifier'> = {}) =>
    queryOptions({
      queryKey: ['balances', value, filters],
      queryFn: () =>
        client.request(balances, { identifier: { name: IdentifierName.EXTERNAL_ID, value }, ...filters }),
    });
  return {
    all: async (value: string) => shownBalances(await queries.fetchQuery(query(value))),
    promised: async (value: string) =>
      shownBalances(await queries.fetchQuery(query(value, { categoryType: PointCategoryType.PROMISED }))),
    refusal: async (value: string): Promise<number | undefined> => {
      try {
        await queries.fetchQuery(query(value));
      } catch (error) {
        const [first] = error instanceof ClientError ? (error.response.errors ?? []) : [];
        const extensions = extensionsOf(first);
        return extensions?.code === 'UPSTREAM_REJECTED' ? extensions.upstreamCode : undefined;
      }
      return undefined;
    },
  };
}
`;

/** Right sources, by path. */
export const sources = { 'src/balances.ts': balances, 'src/main.ts': main } as const;

const readsAnswer = (expression: string) => `
import type { BalancesQuery } from './gql/graphql';
export const read = ({ customer }: BalancesQuery) => ${expression};
`;

const asks = (variable: string) => `
import type { BalancesQueryVariables } from './gql/graphql';
export const variables: Omit<BalancesQueryVariables, 'identifier'> = { ${variable} };
`;

/** Sources that a compiler must refuse, each for one reason, by path. */
export const wrongSources = {
  'src/arithmetic.ts': readsAnswer('(customer?.ledgerBalance?.edges[0]?.node.closingBalance ?? 0) * 2'),
  'src/maybe-null.ts': readsAnswer('customer.id'),
  'src/no-field.ts': readsAnswer('customer?.userId'),
  'src/no-kind.ts': asks("categoryType: 'HOURLY'"),
  'src/no-moment.ts': asks('endDate: new Date()'),
} as const;

/** Every strictness that a front end may have. */
export const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noUncheckedSideEffectImports: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
} as const;
