/**
 * The whole schema: loads every file that registers types, then builds.
 */
import { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './query.ts';
import './scalars.ts';

/** The first text that a reader of the schema sees. */
const description = `Closing balances of loyalty customers.

Begin with \`customer\`, named by any of its identifiers. Its \`ledgerBalance\` is a list to page through with \`first\` and \`after\`: as of any moment, in points or in alternate currencies.

A customer that does not exist is null. Every other failure is an error: its \`extensions\` have a \`code\`, and \`retryable\` says whether trying again may help. The fields beside it are still served.`;

/** The executable schema. Its context is a `SchemaContext`. */
export const schema: GraphQLSchema = new GraphQLSchema({
  ...builder.toSchema().toConfig(),
  description,
});
