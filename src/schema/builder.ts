/**
 * The Pothos builder that all types register with. Null is the exception here: fields are non-null unless they
 * say otherwise.
 */
import SchemaBuilder from '@pothos/core';
import type { SchemaContext } from './context.ts';

/** The one builder; `schema.ts` turns it into the schema when every type file has been loaded. */
export const builder = new SchemaBuilder<{
  Context: SchemaContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    LocalDateTime: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false });
