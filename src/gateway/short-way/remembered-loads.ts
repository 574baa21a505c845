/** Remembers the loads of an operation, so that the operation can run again without an upstream call. */
import type { SchemaContext } from '../../schema/builder.ts';

type Customers = SchemaContext['customers'];

/** The loaders for both runs of an operation. */
export type RememberedLoads = {
  /** Remembers its demands and answers. */
  readonly first: Customers;
  /** Returns a loader that answers remembered demands from memory, and loads all others. */
  readonly again: () => Customers;
};

/** Wraps a loader so that its answers can be used again. */
export function rememberLoads(customers: Customers): RememberedLoads {
  const loads: { readonly demand: Demand; readonly answer: Answer }[] = [];
  return {
    first: {
      load(demand) {
        const answer = customers.load(demand);
        loads.push({ demand, answer });
        return answer;
      },
    },
    again() {
      const known = new Map(loads.map(({ demand, answer }) => [JSON.stringify(demand), answer]));
      return { load: (demand) => known.get(JSON.stringify(demand)) ?? customers.load(demand) };
    },
  };
}

type Demand = Parameters<Customers['load']>[0];
type Answer = ReturnType<Customers['load']>;
