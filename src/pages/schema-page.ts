/**
 * The schema as text, for people and code generators.
 */
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import type { PageContent } from './page.ts';
import { inertPolicy } from './security-policy.ts';

/** The schema in SDL, sorted as the committed `schema.graphql` is. */
export function schemaPage(schema: GraphQLSchema): PageContent {
  const text = `${printSchema(lexicographicSortSchema(schema))}\n`;
  return { mediaType: 'text/plain; charset=utf-8', text, policy: inertPolicy };
}
