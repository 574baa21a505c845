/**
 * Turns the selection under a customer field into one demand: everything that the document wants of that customer,
 * checked before any call goes out. A mistake in one balance refuses that balance alone.
 */
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import { attempt } from '../errors.ts';
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
  /** By response key; an error refuses that balance alone. */
  readonly balances: ReadonlyMap<string, SelectedBalance | Error>;
};

/** A selected balance. Its cursors are not opened yet: they open only for the customer that they were made for. */
type SelectedBalance = {
  readonly filter: BalanceDemand['list']['filter'];
  /** Reads the window. `open` opens the cursors of the customer's list. */
  readonly windowOf: (maxPageSize: number, open: OpenCursor) => Window;
};

type OpenCursor = CursorCodec['open'];

/** The part of a selection that is the same for all values of its variables. */
type Outline = { readonly hasDetails: boolean; readonly balances: readonly BalanceOutline[] };

type BalanceOutline = {
  readonly key: string;
  readonly node: FieldNode;
  /** Whether any selected field depends on the window. */
  readonly wantsWindow: boolean;
  /** The balance or its error, if its arguments have no variables. */
  readonly fixed: SelectedBalance | Error | undefined;
};

/**
 * Outlines by their array of field nodes. A prepared operation has the same array in every request, so its selection is read
 * only once. The executor makes a new array for each request.
 */
const outlines = new WeakMap<readonly FieldNode[], Outline>();

/** Reads the selection under the field of `info`, once for all customers of a list. */
export function readSelection(info: GraphQLResolveInfo): CustomerSelection {
  const outline = outlines.get(info.fieldNodes) ?? outlineOf(info);
  outlines.set(info.fieldNodes, outline);
  const balances = outline.balances.map(
    (balance) => [balance.key, balance.fixed ?? attempt(() => readBalance(balance, info))] as const,
  );
  return { hasDetails: outline.hasDetails, balances: new Map(balances) };
}

function outlineOf(info: GraphQLResolveInfo): Outline {
  const balances: BalanceOutline[] = [];
  let hasDetails = false;
  for (const [key, nodes] of selectedFields(info, objectType(info, 'Customer'), info.fieldNodes)) {
    const [node] = nodes;
    if (node?.name.value === 'ledgerBalance') balances.push(outlineOfBalance(key, nodes, node, info));
    else hasDetails ||= !fieldsWithoutDetails.has(nameOf(nodes));
  }
  return { hasDetails, balances };
}

function outlineOfBalance(
  key: string,
  nodes: readonly FieldNode[],
  node: FieldNode,
  info: GraphQLResolveInfo,
): BalanceOutline {
  const below = selectedFields(info, objectType(info, 'LedgerBalance'), nodes);
  const wantsWindow = [...below.values()].some((field) => !fieldsWithoutWindow.has(nameOf(field)));
  const outline = { key, node, wantsWindow, fixed: undefined };
  return { ...outline, fixed: hasVariables(node) ? undefined : attempt(() => readBalance(outline, info)) };
}

function readBalance({ node, wantsWindow }: BalanceOutline, info: GraphQLResolveInfo): SelectedBalance {
  const given = balanceArguments(node, info);
  const read = (maxPageSize: number, open: OpenCursor) => {
    const window = windowFromArguments(given, maxPageSize, open);
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
  const refusals = new Map<string, Error>();
  /** @throws {GatewayError} BAD_USER_INPUT for a wrong filter, window or cursor, or for more text than fits a URL. */
  const want = (key: string, balance: SelectedBalance | Error): BalanceDemand => {
    if (balance instanceof Error) throw balance;
    const { filter, windowOf } = balance;
    const list = listOf(identifier, filter);
    return { key, list, window: windowOf(maxPageSize, list.cursors.open) };
  };
  for (const [key, balance] of balances) {
    const demand = attempt(() => want(key, balance));
    if (demand instanceof Error) refusals.set(key, demand);
    else wanted.push(demand);
  }
  return { demand: { identifier, hasDetails, balances: wanted }, refusals };
}
