/**
 * What the benchmark's upstream holds: a hundred customers with two hundred entries each, as plain values. The pages
 * are made from them once, and every answer of a server is compared with them.
 */

/** An entry as the endpoint spells it. The two fields of an alternate currency stand on its entries only. */
export type Entry = {
  readonly pointsCategory: string;
  readonly programName: string;
  readonly programId: number;
  readonly closingBalance: string;
  readonly alternateCurrency?: string;
  readonly alternateCurrencyCategory?: string;
};

/** A customer's details as the endpoint spells them. */
export type Details = {
  readonly userId: number;
  readonly externalId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly entityType: string;
};

/** Customers that differ. The last two digits of an identifier say which one it names, so that any number names one. */
export const customerCount = 100;

/** Entries of each customer: as many as the largest page of the gateway shows. */
export const entryCount = 200;

/** Largest page of the endpoint, in entries. */
export const maxLimit = 10;

/** The customer that an identifier names. */
export const customerOf = (identifier: string): number => Number(identifier.slice(-2));

/** The details of a customer. */
export function detailsOf(customer: number): Details {
  return {
    userId: 502_522_200 + customer,
    externalId: `ext-${customer}`,
    firstName: `Amara ${customer}`,
    lastName: 'Okafor-Lindqvist',
    entityType: 'CUSTOMER',
  };
}

/** The entry of a customer at a position. Every third one is in an alternate currency. */
function entryOf(customer: number, position: number): Entry {
  const points = {
    pointsCategory: `Category_${position}`,
    programName: 'Default Program',
    programId: 1568,
    closingBalance: `${(customer + 1) * 1000 + position}.${String(position).padStart(3, '0')}`,
  };
  if (position % 3 !== 2) return points;
  return { ...points, alternateCurrency: 'Gold', alternateCurrencyCategory: 'REGULAR' };
}

/** Entries of a customer from one position up to, and without, another. */
export function entriesOf(customer: number, from: number, to: number): readonly Entry[] {
  const end = Math.min(to, entryCount);
  return Array.from({ length: Math.max(0, end - from) }, (_, index) => entryOf(customer, from + index));
}

/** A page as the endpoint's JSON text. */
export function writePage(customer: number, limit: number, pageNumber: number): string {
  return JSON.stringify({
    customerDetails: detailsOf(customer),
    ledgerDetails: {
      pageNumber,
      pageSize: limit,
      totalEntries: entryCount,
      pageCount: Math.ceil(entryCount / limit),
      ledgerClosingBalance: entriesOf(customer, limit * pageNumber, limit * (pageNumber + 1)),
    },
    warnings: [],
  });
}
