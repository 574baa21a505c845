/**
 * One closing balance: a node of the connection.
 */
import type { Edge } from '../ledger/list/connection.ts';
import { builder } from './builder.ts';

/** What a customer has left in one points category or alternate currency of one programme. */
export const ClosingBalance = builder.objectRef<Edge['node']>('ClosingBalance').implement({
  description:
    'What a customer has left in one points category, or one alternate currency, of one loyalty programme. Has no ' +
    'id of its own: only its place in the list tells it from others.',
  fields: (t) => ({
    pointsCategory: t.exposeString('pointsCategory', { description: 'Name of the points category.' }),
    programId: t.exposeID('programId', {
      description: 'Id of the loyalty programme: an integer of any size, as a string, every digit kept.',
    }),
    programName: t.exposeString('programName', {
      nullable: true,
      description: 'Name of the loyalty programme. Null when the upstream gives none.',
    }),
    closingBalance: t.expose('closingBalance', {
      type: 'Decimal',
      description: 'The balance as of the moment asked for, with every digit that the upstream sent.',
    }),
    alternateCurrency: t.exposeString('alternateCurrency', {
      nullable: true,
      description: 'Name of the alternate currency. Null on balances in ordinary points.',
    }),
    alternateCurrencyCategory: t.exposeString('alternateCurrencyCategory', {
      nullable: true,
      description: 'Category of the alternate currency. Null on balances in ordinary points.',
    }),
  }),
});
