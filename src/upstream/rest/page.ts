/** Decodes the success body of the upstream, strictly. Knows neither statuses nor refusals. */

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

/** The largest page size in any edition of the endpoint's reference. */
const largestPage = 100;
/** The largest int32. The endpoint's page numbers are int32, and so is GraphQL's Int. */
const mostPositions = 2 ** 31 - 1;

/**
 * Decodes a success body that `parseLosslessJson` has parsed. Counts, ids and balances may be numbers or strings; ids may
 * have any number of digits. Undocumented members are ignored. `sent` are the headers of the call; their secrets are
 * removed from warnings.
 * @throws {CallFailure} UPSTREAM_BAD_RESPONSE, which names the first wrong member.
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

/** Refuses more entries than the page has positions: their positions would be unknown. */
function decodeEntries(value: unknown, pageSize: number): LedgerEntry[] {
  const given = readArray(value, 'ledgerClosingBalance');
  if (given.length > pageSize) misshapen(given, 'ledgerClosingBalance', `at most ${pageSize} entries`);
  // An entry's name is written only for its error.
  return given.map((entry, index) =>
    decodeEntry(isJsonObject(entry) ? entry : misshapen(entry, `entry ${index}`, 'an object')),
  );
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

const neutralWarning = 'The upstream sent a warning whose text cannot be shown.';

/** Drops a warning of an unknown form. The form is not documented, and a warning must not cost the balances. */
function decodeWarning(warning: unknown, sent: SentHeaders): LedgerWarning[] {
  const given = typeof warning === 'string' ? { message: warning } : warning;
  if (!isJsonObject(given)) return [];
  const [code, message] = [textOf(given['code']), textOf(given['message'])];
  if (code === undefined && message === undefined) return [];
  const shownCode = withoutSecrets(code ?? '', sent) || null;
  return [{ code: shownCode, message: publicMessage(message ?? '', neutralWarning, sent) }];
}
