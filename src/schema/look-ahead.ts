/**
 * From the selection under a customer field to one demand: everything that the document wants of that customer,
 * checked as a whole before any call goes out.
 */
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import { createCursorCodec } from '../ledger/cursor.ts';
import type { BalanceDemand, CustomerDemand } from '../ledger/customer-demand.ts';
import { type FilterArguments, filterFromArguments } from '../ledger/ledger-filter.ts';
import { type WindowArguments, windowFromArguments } from '../ledger/window.ts';
import type { SchemaContext } from './context.ts';
import { selectedFields } from './selection.ts';

type Identifier = CustomerDemand['identifier'];

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

/**
 * What the field that `info` stands at wants of a customer.
 * @throws {GatewayError} BAD_USER_INPUT for the first wrong argument of any balance below.
 */
export function customerDemand(
  identifier: Identifier,
  context: SchemaContext,
  info: GraphQLResolveInfo,
): CustomerDemand {
  const fields = selectedFields(info, objectType(info, 'Customer'), info.fieldNodes);
  const names = [...fields.values()].map(([node]) => node?.name.value ?? '');
  return {
    identifier,
    hasDetails: names.some((name) => detailFields.has(name)),
    balances: [...fields]
      .filter(([, [node]]) => node?.name.value === 'ledgerBalance')
      .map(([key, nodes]) => balanceDemand(key, nodes, { identifier, context, info })),
  };
}

type Surroundings = {
  readonly identifier: Identifier;
  readonly context: SchemaContext;
  readonly info: GraphQLResolveInfo;
};

function balanceDemand(key: string, nodes: readonly FieldNode[], around: Surroundings): BalanceDemand {
  const { identifier, context, info } = around;
  const given = balanceArguments(nodes, info);
  const filter = filterFromArguments(given);
  const window = windowFromArguments(given, context.maxPageSize, (cursor) =>
    createCursorCodec(context.keys.cursors, identifier, filter).open(cursor),
  );
  const below = selectedFields(info, objectType(info, 'LedgerBalance'), nodes);
  const wantsWindow = [...below.values()].some(([node]) => windowFields.has(node?.name.value ?? ''));
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
