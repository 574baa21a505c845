/**
 * The Pothos builder that all types register with, and the context that their resolvers get. Null is the exception
 * here: fields are non-null unless they say otherwise.
 */
import SchemaBuilder from '@pothos/core';
import type { ListRecords } from '../ledger/arguments/ledger-list.ts';
import type { CustomerLoader } from '../ledger/reading/customer-loader.ts';
import type { KeyRing } from '../ledger/sealing/secret-keys.ts';

/** The context of all resolvers. `../gateway/wiring/request-context.ts` builds one for each HTTP request. */
export type SchemaContext = {
  /** The only way to the upstream. */
  readonly customers: Pick<CustomerLoader, 'load'>;
  /** The record of each list that the request asks for. */
  readonly listOf: ListRecords;
  /** The keys that seal ids. */
  readonly ids: KeyRing;
  /** Whether the operation is so large that its lists are completed in chunks. */
  readonly isLarge: boolean;
  /**
   * Returns undefined while the current turn of the event loop has time left. Otherwise waits for a turn that has. Rejects
   * at the operation's deadline, so that execution ends between fields.
   */
  readonly yieldTurn: () => Promise<void> | undefined;
  /** Largest `first` and `last`. */
  readonly maxPageSize: number;
};

/** The one builder; `schema.ts` builds the schema when every type file has been loaded. */
export const builder = new SchemaBuilder<{
  Context: SchemaContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    LocalDateTime: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false });

/** Builds the `values` of an enum. A member of `Name` without a description does not compile. */
export function describedValues<Name extends string>(
  descriptions: Readonly<Record<Name, string>>,
): { [N in Name]: { value: N; description: string } } {
  const names = Object.keys(descriptions) as Name[];
  const values = names.map((name) => [name, { value: name, description: descriptions[name] }]);
  return Object.fromEntries(values);
}
