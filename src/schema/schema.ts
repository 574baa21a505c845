/**
 * The whole schema: loads every file that registers types, then builds.
 */
import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './customer-ledger-balance.ts';
import './query.ts';
import './scalars.ts';

/** The executable schema. Its context is a `SchemaContext`. */
export const schema: GraphQLSchema = builder.toSchema();
