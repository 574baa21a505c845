/** What is measured of each server: every combination of operation, customers, cache and latency. Pure. */

import { identifierOf, type Operation } from './operations.ts';

/** Whether each request is about customers of its own, or all are about the same. */
export type Sharing = 'different' | 'identical';

/** One combination. */
export type Cell = {
  readonly operation: Operation;
  readonly sharing: Sharing;
  readonly isCached: boolean;
  readonly latencyMs: number;
};

/** The sides of the matrix. */
export type Matrix = {
  readonly operations: readonly Operation[];
  readonly sharings: readonly Sharing[];
  readonly caches: readonly boolean[];
  readonly latenciesMs: readonly number[];
};

/** All combinations. */
export function cellsOf({ operations, sharings, caches, latenciesMs }: Matrix): readonly Cell[] {
  return latenciesMs.flatMap((latencyMs) =>
    caches.flatMap((isCached) =>
      sharings.flatMap((sharing) =>
        operations.map((operation) => ({ operation, sharing, isCached, latencyMs })),
      ),
    ),
  );
}

/** A cell without its operation, for people. */
export function variantInWords({ sharing, isCached, latencyMs }: Omit<Cell, 'operation'>): string {
  return `all ${sharing}, cache ${isCached ? 'on' : 'off'}, upstream ${latencyMs} ms`;
}

/** Gives the identifiers of the next request: never seen before, or always the same. */
export type IdentifierSource = (operation: Operation, sharing: Sharing) => readonly string[];

/** A source whose numbers never come twice, over all servers of a run. */
export function createIdentifierSource(): IdentifierSource {
  const reserved = 1000; // The identical ones.
  let next = reserved;
  return ({ customers }, sharing) => {
    if (sharing === 'different') next += customers;
    const first = sharing === 'different' ? next - customers : 0;
    return Array.from({ length: customers }, (_, index) => identifierOf(first + index));
  };
}
