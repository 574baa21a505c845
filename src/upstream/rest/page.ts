/** The success body of the upstream, read strictly. Knows neither statuses nor refusals. */

import type { CustomerDetails, LedgerEntry, LedgerPage, LedgerWarning } from '../page-request.ts';
import { publicMessage, type SentHeaders, withoutSecrets } from './public-message.ts';
import {
  isJsonObject,
  type JsonObject,
  misshapen,
  readArray,
  readCount,
  readDecimal,
  readInteger,
  readObject,
  readOptionalText,
  readText,
  textOf,
} from './shape.ts';

/** The largest page that any edition of the endpoint gives. */
const largestPage = 100;
/** The largest int32: the endpoint's own page numbers are int32, and so is GraphQL's Int. */
const mostPositions = 2 ** 31 - 1;

/**
 * The page that a losslessly parsed success body shows. Counts may be numbers or strings, ids integers of
 * any size, balances decimals in either form. Undocumented members are ignored. `sent` are the headers of the call, whose
 * secrets are taken out of warnings.
 * @throws {CallFailure} UPSTREAM_BAD_RESPONSE, which names the first member that is not as it must be.
 */
export function decodePage(body: JsonObject, sent: SentHeaders): LedgerPage {
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
      decodeWarning(warning, sent),
    ),
  };
}

function decodeDetails(details: JsonObject): CustomerDetails {
  return {
    userId: readInteger(details['userId'], 'userId'),
    externalId: readOptionalText(details['externalId'], 'externalId'),
    firstName: readOptionalText(details['firstName'], 'firstName'),
    lastName: readOptionalText(details['lastName'], 'lastName'),
    entityType: readOptionalText(details['entityType'], 'entityType'),
  };
}

/** More entries than positions would shift every later one: then nothing on the page can be trusted. */
function decodeEntries(value: unknown, pageSize: number): LedgerEntry[] {
  const entries = readArray(value, 'ledgerClosingBalance');
  if (entries.length > pageSize) misshapen(entries, 'ledgerClosingBalance', `at most ${pageSize} entries`);
  return entries.map((entry, index) => decodeEntry(readObject(entry, `entry ${index}`)));
}

function decodeEntry(entry: JsonObject): LedgerEntry {
  return {
    pointsCategory: readText(entry['pointsCategory'], 'pointsCategory'),
    programId: readInteger(entry['programId'], 'programId'),
    programName: readOptionalText(entry['programName'], 'programName'),
    closingBalance: readDecimal(entry['closingBalance'], 'closingBalance'),
    alternateCurrency: readOptionalText(entry['alternateCurrency'], 'alternateCurrency'),
    alternateCurrencyCategory: readOptionalText(
      entry['alternateCurrencyCategory'],
      'alternateCurrencyCategory',
    ),
  };
}

const noWords = 'The upstream sent a warning whose text cannot be shown.';

/** The form of warnings is not documented, and no warning is worth a balance: unknown forms are dropped. */
function decodeWarning(warning: unknown, sent: SentHeaders): LedgerWarning[] {
  if (typeof warning === 'string') return [{ code: null, message: publicMessage(warning, noWords, sent) }];
  if (!isJsonObject(warning)) return [];
  const [code, message] = [textOf(warning['code']), textOf(warning['message'])];
  if (code === undefined && message === undefined) return [];
  return [
    { code: withoutSecrets(code ?? '', sent) || null, message: publicMessage(message ?? '', noWords, sent) },
  ];
}
