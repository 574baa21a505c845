/**
 * From the selection under a customer field to one demand: everything that the document wants of that customer,
 * checked as a whole before any call goes out.
 */
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import { createCursorCodec } from '../ledger/cursor.ts';
import type { CustomerDemand } from '../ledger/customer-demand.ts';
import { type FilterArguments, filterFromArguments } from '../ledger/ledger-filter.ts';
import { checkQuerySize } from '../ledger/query-size.ts';
import { type WindowArguments, windowFromArguments } from '../ledger/window.ts';
import type { SchemaContext } from './context.ts';
import { selectedFields } from './selection.ts';

type Identifier = CustomerDemand['identifier'];
type LedgerFilter = CustomerDemand['balances'][number]['filter'];

/** Fields of `Customer` that take a call's answer; its id does not. */
const detailFields: ReadonlySet<string> = new Set([
  'userId',
  'externalId',
  'firstName',
  'lastName',
  'entityType',
]);

/** Fields of `LedgerBalance` that depend on the window. The others are in any page of the list. */
const windowFields: ReadonlySet<string> = new Set(['edges', 'nodes', 'pageInfo']);

/** What a selection wants of whichever customer it stands under. */
export type CustomerSelection = {
  readonly hasDetails: boolean;
  readonly balances: readonly SelectedBalance[];
};

/** One balance wanted, its cursors still closed: they open only for the customer they were made for. */
type SelectedBalance = {
  readonly key: string;
  readonly filter: LedgerFilter;
  readonly given: WindowArguments;
  /** Whether anything is selected that depends on the window. */
  readonly wantsWindow: boolean;
};

/**
 * Reads the selection under the field that `info` stands at, once for all customers of a list.
 * @throws {GatewayError} BAD_USER_INPUT for the first wrong filter of any balance below.
 */
export function readSelection(info: GraphQLResolveInfo): CustomerSelection {
  const fields = selectedFields(info, objectType(info, 'Customer'), info.fieldNodes);
  const names = [...fields.values()].map(([node]) => node?.name.value ?? '');
  return {
    hasDetails: names.some((name) => detailFields.has(name)),
    balances: [...fields]
      .filter(([, [node]]) => node?.name.value === 'ledgerBalance')
      .map(([key, nodes]) => readBalance(key, nodes, info)),
  };
}

function readBalance(key: string, nodes: readonly FieldNode[], info: GraphQLResolveInfo): SelectedBalance {
  const given = balanceArguments(nodes, info);
  const below = selectedFields(info, objectType(info, 'LedgerBalance'), nodes);
  const wantsWindow = [...below.values()].some(([node]) => windowFields.has(node?.name.value ?? ''));
  return { key, filter: filterFromArguments(given), given, wantsWindow };
}

/**
 * What a selection wants of one customer.
 * @throws {GatewayError} BAD_USER_INPUT for the first wrong window or cursor, or for more text than fits a URL.
 */
export function demandOf(
  { hasDetails, balances }: CustomerSelection,
  identifier: Identifier,
  { keys, maxPageSize }: SchemaContext,
): CustomerDemand {
  checkQuerySize(identifier, {});
  return {
    identifier,
    hasDetails,
    balances: balances.map(({ key, filter, given, wantsWindow }) => {
      checkQuerySize(identifier, filter);
      const open = (cursor: string) => createCursorCodec(keys.cursors, identifier, filter).open(cursor);
      const window = windowFromArguments(given, maxPageSize, open);
      return { key, filter, window: wantsWindow ? window : { ...window, size: 0 } };
    }),
  };
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
