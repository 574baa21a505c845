/**
 * Turns the selection under a customer field into one demand: everything that the document wants of that customer,
 * checked before any call goes out. A mistake in one balance refuses that balance alone.
 */
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import { asError, attempt } from '../errors.ts';
import { type FilterArguments, filterFromArguments } from '../ledger/arguments/ledger-filter.ts';
import { type Window, type WindowArguments, windowFromArguments } from '../ledger/list/window.ts';
import type { BalanceDemand, CustomerDemand } from '../ledger/reading/customer-demand.ts';
import type { CursorCodec } from '../ledger/sealing/cursor.ts';
import type { SchemaContext } from './builder.ts';
import type { CustomerParent } from './customer.ts';
import { hasVariables, selectedFields } from './selection.ts';

/** Fields of `Customer` that need none of its details. All others do, except the balances. */
const fieldsWithoutDetails: ReadonlySet<string> = new Set(['__typename', 'id']);

/** Fields of `LedgerBalance` that are the same on any page of the list. All others depend on the window. */
const fieldsWithoutWindow: ReadonlySet<string> = new Set(['__typename', 'totalCount', 'warnings']);

/** What a selection wants of each customer of its field. */
export type CustomerSelection = {
  readonly hasDetails: boolean;
  /** An error refuses its balance alone. */
  readonly balances: readonly { readonly key: string; readonly balance: SelectedBalance | Error }[];
};

/** A selected balance. Its cursors are not opened yet: they open only for the customer that they were made for. */
type SelectedBalance = {
  readonly filter: BalanceDemand['list']['filter'];
  /** Reads the window. `cursors` opens the cursors of the customer's list. */
  readonly windowOf: (maxPageSize: number, cursors: Pick<CursorCodec, 'open'>) => Window;
};

type ReadSelection = (info: GraphQLResolveInfo) => CustomerSelection;

/**
 * How to read a selection, by its array of field nodes. A prepared operation has the same array in every request, so its
 * selection is walked only once. The executor makes a new array for each request.
 */
const readers = new WeakMap<readonly FieldNode[], ReadSelection>();

/** Reads the selection under the field of `info`, once for all customers of a list. */
export function readSelection(info: GraphQLResolveInfo): CustomerSelection {
  const read = readers.get(info.fieldNodes) ?? selectionReader(info);
  readers.set(info.fieldNodes, read);
  return read(info);
}

/** Walks a selection. Returns the function that reads it for the variables of a request, if its arguments have any. */
function selectionReader(info: GraphQLResolveInfo): ReadSelection {
  const balances: { readonly key: string; readonly node: FieldNode; readonly wantsWindow: boolean }[] = [];
  let hasDetails = false;
  for (const [key, nodes] of selectedFields(info, objectType(info, 'Customer'), info.fieldNodes)) {
    const [node] = nodes;
    if (node?.name.value === 'ledgerBalance') {
      const below = selectedFields(info, objectType(info, 'LedgerBalance'), nodes);
      const wantsWindow = [...below.values()].some((field) => !fieldsWithoutWindow.has(nameOf(field)));
      balances.push({ key, node, wantsWindow });
    } else hasDetails ||= !fieldsWithoutDetails.has(nameOf(nodes));
  }
  const read: ReadSelection = (request) => ({
    hasDetails,
    balances: balances.map(({ key, node, wantsWindow }) => ({
      key,
      balance: attempt(() => readBalance(balanceArguments(node, request), wantsWindow)),
    })),
  });
  if (balances.some(({ node }) => hasVariables(node))) return read;
  const selection = read(info);
  return () => selection;
}

function readBalance(given: FilterArguments & WindowArguments, wantsWindow: boolean): SelectedBalance {
  const read: SelectedBalance['windowOf'] = (maxPageSize, cursors) => {
    const window = windowFromArguments(given, maxPageSize, (...cursor) => cursors.open(...cursor));
    return wantsWindow ? window : { ...window, size: 0 };
  };
  let known: Window | undefined;
  // Without a cursor the window is the same for all customers, so it is read once.
  const hasCursor = (given.after ?? given.before ?? null) !== null;
  const windowOf: SelectedBalance['windowOf'] = hasCursor ? read : (...from) => (known ??= read(...from));
  return { filter: filterFromArguments(given), windowOf };
}

/** The arguments as the executor will coerce them. All nodes under one response key have equal arguments. */
function balanceArguments(node: FieldNode, info: GraphQLResolveInfo): FilterArguments & WindowArguments {
  const field = objectType(info, 'Customer').getFields()['ledgerBalance'];
  if (field === undefined) throw new Error('There is no field `ledgerBalance`');
  // Coercion gives what `balance-arguments.ts` declares; its untyped result cannot say so.
  return getArgumentValues(field, node, info.variableValues) as FilterArguments & WindowArguments;
}

/** Nodes under one response key are one field. */
function nameOf([node]: readonly FieldNode[]): string {
  return node?.name.value ?? '';
}

function objectType({ schema }: GraphQLResolveInfo, name: string): GraphQLObjectType {
  return schema.getType(name) as GraphQLObjectType; // Both names are object types of this schema.
}

/** Builds the demand of a selection for one customer. Balances that are refused have an error in `refusals`, and no demand. */
export function demandOf(
  { hasDetails, balances }: CustomerSelection,
  identifier: CustomerParent['identifier'],
  { listOf, maxPageSize }: SchemaContext,
): { readonly demand: CustomerDemand } & Pick<CustomerParent, 'refusals'> {
  const wanted: BalanceDemand[] = [];
  let refusals: Map<string, Error> | undefined;
  for (const { key, balance } of balances) {
    try {
      if (balance instanceof Error) throw balance;
      const list = listOf(identifier, balance.filter);
      wanted.push({ key, list, window: balance.windowOf(maxPageSize, list.cursors) });
    } catch (error) {
      refusals ??= new Map();
      refusals.set(key, asError(error));
    }
  }
  return { demand: { identifier, hasDetails, balances: wanted }, refusals };
}
