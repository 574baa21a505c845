/** Bodies and requests for the tests of the upstream's client. Know nothing of the client. */

import type { PageRequest } from '../../src/upstream/page-request.ts';

/** A request for the first page of ten of one customer, with whatever else a test is about. */
export const pageRequest = (overrides: Partial<PageRequest> = {}): PageRequest => ({
  identifier: { name: 'MOBILE', value: '919900000001', source: 'INSTORE' },
  filter: {},
  limit: 10,
  pageNumber: 0,
  ...overrides,
});

/** A request for a customer of its own: a question that no other number asks. */
export const questionNumber = (number: number): PageRequest =>
  pageRequest({ identifier: { name: 'ID', value: String(number), source: 'INSTORE' } });

type Members = Readonly<Record<string, unknown>>;

/** One entry as the upstream spells it. */
export const entryBody = (members: Members = {}): Members => ({
  pointsCategory: 'Main',
  programName: 'Default Program',
  programId: 1568,
  closingBalance: '30000.000',
  ...members,
});

/** A success body with one entry; the arguments replace members of its three parts. */
export const successBody = (ledger: Members = {}, customer: Members = {}, top: Members = {}): Members => ({
  customerDetails: {
    userId: 502522264,
    externalId: 'ext-1',
    firstName: '',
    lastName: '',
    entityType: 'CUSTOMER',
    ...customer,
  },
  ledgerDetails: {
    pageNumber: 0,
    pageSize: 10,
    totalEntries: 1,
    pageCount: 1,
    ledgerClosingBalance: [entryBody()],
    ...ledger,
  },
  warnings: [],
  ...top,
});

/** A failure body with one code. */
export const failureBody = (code: unknown, message = 'Because.'): Members => ({
  errors: [{ status: false, code, message }],
});
