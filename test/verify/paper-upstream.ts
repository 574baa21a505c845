/** An upstream that cuts its pages as a test says, right or wrong, in memory or over HTTP. It records its calls. */
import type { FetchPage, LedgerEntry, LedgerPage, PageRequest } from '../../src/upstream/page-request.ts';
import { entryBody, successBody } from '../upstream/bodies.ts';
import { startUpstream } from '../upstream/fake-upstream.ts';

/** A page as an upstream cuts it: the names of its entries, and its counts. */
export type PaperPage = {
  readonly names: readonly string[];
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
};

/** What an upstream answers to its call number `call`, which counts from 1. */
export type Cut = (limit: number, pageNumber: number, call: number) => PaperPage;

/** Names of entries 0 up to `count`, exclusive. */
export function names(count: number): string[] {
  return Array.from({ length: count }, (_, position) => `Category ${position}`);
}

/** Plain offset paging. A hidden position (`null`) leaves a gap. A limit above `maxLimit` counts as `maxLimit`. */
export function fixedCut(positions: readonly (string | null)[], maxLimit = 10): Cut {
  return (asked, pageNumber) => {
    const pageSize = Math.min(asked, maxLimit);
    const shown = positions.slice(pageSize * pageNumber, pageSize * (pageNumber + 1));
    return {
      names: shown.filter((name) => name !== null),
      pageNumber,
      pageSize,
      totalEntries: positions.length,
    };
  };
}

/** The upstream in memory, and the limits and pages that it was asked for. */
export function openPaperUpstream(cut: Cut) {
  const calls: PageRequest[] = [];
  const fetchPage: FetchPage = async (request) => {
    calls.push(request);
    return pageOf(cut(request.limit, request.pageNumber, calls.length));
  };
  return { fetchPage, calls };
}

/** The same over HTTP. */
export function startPaperUpstream(cut: Cut) {
  let call = 0;
  return startUpstream(({ url = '' }, response) => {
    call += 1;
    const query = new URL(url, 'http://upstream.test').searchParams;
    const page = cut(Number(query.get('limit')), Number(query.get('offset')), call);
    const ledgerClosingBalance = page.names.map((pointsCategory) => entryBody({ pointsCategory }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(successBody({ ...page, ledgerClosingBalance })));
  });
}

/** A page as the client decodes it. */
function pageOf({ names: shown, ...page }: PaperPage): LedgerPage {
  const details = { userId: '1', externalId: null, firstName: null, lastName: null, entityType: null };
  return { details, ...page, entries: shown.map(entryOf), warnings: [] };
}

function entryOf(pointsCategory: string): LedgerEntry {
  return {
    pointsCategory,
    programId: '1568',
    programName: null,
    closingBalance: '1.000',
    alternateCurrency: null,
    alternateCurrencyCategory: null,
  };
}
