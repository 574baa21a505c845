/** Compares two schemas with GraphQL Inspector. */

import { createRequire } from 'node:module';
import type * as Inspector from '@graphql-inspector/core';
import type * as GraphQL from 'graphql';

// Loaded as CommonJS, both: two copies of graphql refuse each other's schemas.
const require = createRequire(import.meta.url);
const { diff }: typeof Inspector = require('@graphql-inspector/core');
const { buildSchema }: typeof GraphQL = require('graphql');

/** What has changed, in words. */
export type SchemaChanges = {
  /** A client of the old schema can fail, or mean something else. */
  readonly breaking: readonly string[];
  readonly others: readonly string[];
};

/** The inspector calls them dangerous. The same request then asks for something else, so they break a client silently. */
const silentBreaks: ReadonlySet<string> = new Set([
  'FIELD_ARGUMENT_DEFAULT_CHANGED',
  'INPUT_FIELD_DEFAULT_VALUE_CHANGED',
]);

/** Compares the text of a schema with that of an earlier one. */
export async function compareSchemas(earlier: string, later: string): Promise<SchemaChanges> {
  const changes = await diff(buildSchema(earlier), buildSchema(later));
  const isBreaking = ({ type, criticality }: Inspector.Change) =>
    criticality.level === 'BREAKING' || silentBreaks.has(type);
  return {
    breaking: changes.filter(isBreaking).map(({ message }) => message),
    others: changes.filter((change) => !isBreaking(change)).map(({ message }) => message),
  };
}
