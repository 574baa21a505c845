/**
 * From the selection under a customer field to one demand: everything that the document wants of that customer,
 * checked as a whole before any call goes out. What is wrong with one balance refuses that balance alone.
 */
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import { type FilterArguments, filterFromArguments } from '../ledger/arguments/ledger-filter.ts';
import { checkFilterSize } from '../ledger/arguments/query-size.ts';
import { type WindowArguments, windowFromArguments } from '../ledger/list/window.ts';
import { attempt } from '../ledger/reading/attempt.ts';
import type { BalanceDemand, CustomerDemand } from '../ledger/reading/customer-demand.ts';
import { createCursorCodec } from '../ledger/sealing/cursor.ts';
import type { SchemaContext } from './context.ts';
import { selectedFields } from './selection.ts';

type Identifier = CustomerDemand['identifier'];
type LedgerFilter = BalanceDemand['filter'];

/** Fields of `Customer` that need none of its details. All others do. */
const fieldsWithoutDetails: ReadonlySet<string> = new Set(['__typename', 'id', 'ledgerBalance']);

/** Fields of `LedgerBalance` that are the same in any page of the list. All others depend on the window. */
const fieldsWithoutWindow: ReadonlySet<string> = new Set(['__typename', 'totalCount', 'warnings']);

/** What a selection wants of whichever customer it stands under. */
export type CustomerSelection = {
  readonly hasDetails: boolean;
  /** By response key; an error is the balance's own. */
  readonly balances: ReadonlyMap<string, SelectedBalance | Error>;
};

/** One balance wanted, its cursors still closed: they open only for the customer they were made for. */
type SelectedBalance = {
  readonly filter: LedgerFilter;
  readonly given: WindowArguments;
  /** Whether anything is selected that depends on the window. */
  readonly wantsWindow: boolean;
};

/** What is to be asked of one customer, and the balances that are refused before any call, by response key. */
export type CheckedDemand = {
  readonly demand: CustomerDemand;
  readonly refused: ReadonlyMap<string, Error>;
};

/**
 * Reads the selection under the field that `info` stands at, once for all customers of a list. A wrong argument of a
 * balance is that balance's own error.
 */
export function readSelection(info: GraphQLResolveInfo): CustomerSelection {
  const fields = selectedFields(info, objectType(info, 'Customer'), info.fieldNodes);
  const balances = [...fields].filter(([, nodes]) => nameOf(nodes) === 'ledgerBalance');
  return {
    hasDetails: [...fields.values()].some((nodes) => !fieldsWithoutDetails.has(nameOf(nodes))),
    balances: new Map(balances.map(([key, nodes]) => [key, attempt(() => readBalance(nodes, info))])),
  };
}

function readBalance(nodes: readonly FieldNode[], info: GraphQLResolveInfo): SelectedBalance {
  const given = balanceArguments(nodes, info);
  const below = selectedFields(info, objectType(info, 'LedgerBalance'), nodes);
  const wantsWindow = [...below.values()].some((field) => !fieldsWithoutWindow.has(nameOf(field)));
  return { filter: filterFromArguments(given), given, wantsWindow };
}

/** Nodes under one response key are one field. */
function nameOf([node]: readonly FieldNode[]): string {
  return node?.name.value ?? '';
}

/** What a selection wants of one customer. Balances with a wrong filter, window or cursor are left out of the demand. */
export function demandOf(
  { hasDetails, balances }: CustomerSelection,
  identifier: Identifier,
  context: SchemaContext,
): CheckedDemand {
  const wanted: BalanceDemand[] = [];
  const refused = new Map<string, Error>();
  for (const [key, balance] of balances) {
    const demand = attempt(() => balanceDemand(key, balance, identifier, context));
    if (demand instanceof Error) refused.set(key, demand);
    else wanted.push(demand);
  }
  return { demand: { identifier, hasDetails, balances: wanted }, refused };
}

/** @throws {GatewayError} BAD_USER_INPUT for a wrong window or cursor, or for more text than fits a URL. */
function balanceDemand(
  key: string,
  balance: SelectedBalance | Error,
  identifier: Identifier,
  { keys, maxPageSize }: SchemaContext,
): BalanceDemand {
  if (balance instanceof Error) throw balance;
  const { filter, given, wantsWindow } = balance;
  checkFilterSize(identifier, filter);
  const { open } = createCursorCodec(keys.cursors, identifier, filter);
  const window = windowFromArguments(given, maxPageSize, open);
  return { key, filter, window: wantsWindow ? window : { ...window, size: 0 } };
}

/** The arguments as the executor will coerce them; nodes under one response key have equal ones. */
function balanceArguments(
  nodes: readonly FieldNode[],
  info: GraphQLResolveInfo,
): FilterArguments & WindowArguments {
  const field = objectType(info, 'Customer').getFields()['ledgerBalance'];
  const [node] = nodes;
  if (field === undefined || node === undefined) throw new Error('There is no field `ledgerBalance`');
  // What the schema (`customer.ts`) declares is what coercion gives; its untyped result cannot say so.
  return getArgumentValues(field, node, info.variableValues) as FilterArguments & WindowArguments;
}

function objectType({ schema }: GraphQLResolveInfo, name: string): GraphQLObjectType {
  return schema.getType(name) as GraphQLObjectType; // Both names are object types of this schema.
}
