/** The success body of the upstream, read strictly. Knows neither statuses nor refusals. */

import type { CustomerDetails, LedgerEntry, LedgerPage, LedgerWarning } from '../page-request.ts';
import { plainDecimal } from './decimal.ts';
import { publicMessage } from './public-message.ts';
import {
  isJsonObject,
  type JsonObject,
  misshapen,
  readArray,
  readCount,
  readInteger,
  readObject,
  readOptionalText,
  readText,
  textOf,
} from './shape.ts';

/**
 * The page that a losslessly parsed success body shows. Counts may be numbers or strings, ids integers of
 * any size, balances decimals in either form; members that nobody documents are passed over. `clean` takes out of
 * warnings what nobody may be told.
 * @throws {GatewayError} UPSTREAM_BAD_RESPONSE, naming the first member that is not as it must be.
 */
export const decodePage = (body: JsonObject, clean: (text: string) => string): LedgerPage => {
  const details = decodeDetails(readObject(body['customerDetails'], 'customerDetails'));
  const ledger = readObject(body['ledgerDetails'], 'ledgerDetails');
  const pageSize = readCount(ledger['pageSize'], 'pageSize', 1);
  const pageNumber = readCount(ledger['pageNumber'], 'pageNumber', 0);
  const totalEntries = readCount(ledger['totalEntries'], 'totalEntries', 0);
  if (pageSize > largestPage) misshapen(pageSize, 'pageSize', `at most ${largestPage}`);
  const end = Math.max(totalEntries, (pageNumber + 1) * pageSize);
  if (end > mostPositions) misshapen(end, 'totalEntries', `positions up to ${mostPositions}`);
  return {
    details,
    pageNumber,
    pageSize,
    totalEntries,
    entries: decodeEntries(ledger['ledgerClosingBalance'], pageSize),
    warnings: readArray(body['warnings'] ?? [], 'warnings').flatMap((warning) =>
      decodeWarning(warning, clean),
    ),
  };
};

/** The largest page that any edition of the endpoint gives. */
const largestPage = 100;
/** The largest int32, which is what the endpoint's own page numbers are, and GraphQL's Int. */
const mostPositions = 2 ** 31 - 1;

const decodeDetails = (details: JsonObject): CustomerDetails => ({
  userId: readInteger(details['userId'], 'userId'),
  externalId: readOptionalText(details['externalId'], 'externalId'),
  firstName: readOptionalText(details['firstName'], 'firstName'),
  lastName: readOptionalText(details['lastName'], 'lastName'),
  entityType: readOptionalText(details['entityType'], 'entityType'),
});

/** More entries than positions would shift every later one: then nothing on the page can be trusted. */
const decodeEntries = (value: unknown, pageSize: number): LedgerEntry[] => {
  const entries = readArray(value, 'ledgerClosingBalance');
  if (entries.length > pageSize) misshapen(entries, 'ledgerClosingBalance', `at most ${pageSize} entries`);
  return entries.map((entry, index) => decodeEntry(readObject(entry, `entry ${index}`)));
};

const decodeEntry = (entry: JsonObject): LedgerEntry => ({
  pointsCategory: readText(entry['pointsCategory'], 'pointsCategory'),
  programId: readInteger(entry['programId'], 'programId'),
  programName: readOptionalText(entry['programName'], 'programName'),
  closingBalance: readDecimal(entry['closingBalance'], 'closingBalance'),
  alternateCurrency: readOptionalText(entry['alternateCurrency'], 'alternateCurrency'),
  alternateCurrencyCategory: readOptionalText(
    entry['alternateCurrencyCategory'],
    'alternateCurrencyCategory',
  ),
});

const readDecimal = (value: unknown, place: string): string =>
  plainDecimal(textOf(value) ?? '') ?? misshapen(value, place, 'a decimal number');

const noWords = 'The upstream sent a warning whose text cannot be shown.';

/** Nobody documents what a warning looks like, and no remark is worth a balance: unknown forms are dropped. */
const decodeWarning = (warning: unknown, clean: (text: string) => string): LedgerWarning[] => {
  if (typeof warning === 'string') return [{ code: null, message: publicMessage(clean(warning), noWords) }];
  if (!isJsonObject(warning)) return [];
  const [code, message] = [textOf(warning['code']), textOf(warning['message'])];
  if (code === undefined && message === undefined) return [];
  return [{ code: clean(code ?? '') || null, message: publicMessage(clean(message ?? ''), noWords) }];
};
