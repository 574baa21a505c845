/** The policies for Apollo Client's cache that docs/clients.md gives; the tests page with this very text. */
import { relayStylePagination } from '@apollo/client/utilities';

const ledgerBalance = relayStylePagination([
  'endDate',
  'categoryType',
  'ledgerEntryType',
  'currencies',
  'includeAllCurrencies',
  'tillId',
  'includeTillConceptEvents',
]);
export const typePolicies = { Customer: { fields: { ledgerBalance } } };
