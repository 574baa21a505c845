/** The exchanges for urql in docs/clients.md. The tests page with this text. */
import { mapExchange } from '@urql/core';
import { cacheExchange, type Resolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

const keyless = () => null;
export const keys = {
  LedgerBalance: keyless,
  LedgerBalanceEdge: keyless,
  ClosingBalance: keyless,
  LedgerWarning: keyless,
  PageInfo: keyless,
};
const merge = relayPagination();
const ledgerBalance: Resolver = (...field) => {
  const merged = merge(...field);
  return typeof merged === 'object' ? { ...merged, pageInfo: undefined } : merged;
};
export const exchanges = [
  cacheExchange({ keys, resolvers: { Customer: { ledgerBalance } } }),
  mapExchange({
    onResult: (result) =>
      result.error && result.data?.customer === null ? { ...result, data: undefined } : result,
  }),
];
