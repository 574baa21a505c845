/** Loads of customers that can be asked for once more without a call. */
import type { SchemaContext } from '../../schema/builder.ts';

type Customers = SchemaContext['customers'];

/** A loader, and what repeats it. */
export type RememberedLoads = {
  readonly first: Customers;
  /** Answers equal demands as `first` did, and loads all others. */
  readonly again: () => Customers;
};

/** Remembers what a loader is asked for, and what it answers. */
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
