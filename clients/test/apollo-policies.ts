/** The policies for Apollo Client's cache in docs/clients.md. The tests page with this text. */
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
