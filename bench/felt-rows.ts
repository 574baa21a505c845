/** What a user feels: loads that show it, and the aim of each. Pure. */

import { createIdentifierSource } from './cells.ts';
import { createBodyWriter, firstOperation, type Language, lengthened, type Operation } from './operations.ts';

/** Makes the function that makes bodies in a server's language, each about customers of its own. */
type Bodies = (language: Language) => () => string;

/** What a row promises. */
export type Aim =
  /** The median latency is at most this multiple of the upstream's latency. */
  | { readonly of: 'round-trips'; readonly most: number }
  /** The 99th percentile is less than this much longer than in the row `alone`, in milliseconds. */
  | { readonly of: 'wait'; readonly below: number; readonly alone: FeltRow }
  /** CPU time is at most this multiple of the bare proxy's. */
  | { readonly of: 'cpu'; readonly most: number };

/** A load, with the aim for it. */
export type FeltRow = {
  /** What is asked, for people. */
  readonly title: string;
  /** None: other rows are compared with this one. */
  readonly aim?: Aim;
  readonly latencyMs: number;
  readonly connections: number;
  readonly bodies: Bodies;
  /** What one further connection asks all the time meanwhile. */
  readonly heavy?: Bodies;
  /** Set: a process that has just started is asked so often. Else one that is warm is asked for a time. */
  readonly firstRequests?: number;
};

const identifiers = createIdentifierSource();

const bodiesOf =
  (operation: Operation): Bodies =>
  (language) => {
    const write = createBodyWriter(operation, language);
    return () => write(identifiers(operation, 'different'));
  };

let documents = 0;

/** The bodies of the first operation, each with a document that is new and so long. */
const newDocuments =
  (kilobytes: number): Bodies =>
  (language) => {
    const nextBody = bodiesOf(firstOperation)(language);
    return () => {
      documents += 1;
      return lengthened(nextBody(), kilobytes, `${documents} `);
    };
  };

const fivePages: Operation = { ...firstOperation, name: 'Q3', entries: 50 };

const roundTripRows: readonly FeltRow[] = [1, 4].map((connections) => ({
  title: `Q3, upstream 50 ms, ${connections === 1 ? 'one connection' : `${connections} connections`}`,
  aim: { of: 'round-trips', most: 2.2 },
  latencyMs: 50,
  connections,
  bodies: bodiesOf(fivePages),
}));

const heavyLoads: readonly (readonly [title: string, bodies: Bodies])[] = [
  ['50 customers, 10 entries each', bodiesOf({ ...firstOperation, customers: 50 })],
  ['20 customers, 50 entries each', bodiesOf({ ...firstOperation, customers: 20, entries: 50 })],
  ['a new document of 250 KB each time', newDocuments(250)],
];

const waitRows = (latencyMs: number): readonly FeltRow[] => {
  const light = { latencyMs, connections: 1, bodies: bodiesOf(firstOperation) };
  const alone = { ...light, title: `Q1 alone, upstream ${latencyMs} ms` };
  const aim: Aim = { of: 'wait', below: 20, alone };
  return [
    alone,
    ...heavyLoads.map(([title, heavy]) => ({ ...light, title: `… beside ${title}`, aim, heavy })),
  ];
};

/** All rows. */
export const feltRows: readonly FeltRow[] = [
  ...roundTripRows,
  ...[0, 5].flatMap(waitRows),
  {
    title: 'Q1, the first 2,000 requests of a process',
    aim: { of: 'cpu', most: 3 },
    latencyMs: 0,
    connections: 32,
    bodies: bodiesOf(firstOperation),
    firstRequests: 2000,
  },
];

/** Settings of ours that the heavy loads need. Everything else is as shipped. */
export const feltSettings = { MAX_OPERATION_SIZE: '20000', MAX_CALLS_PER_OPERATION: '100' };

/** Whether a server can be asked all of it: one without a list of customers would need a hundred fields for a heavy load. */
export const hasFeltLoads = ({ language }: { readonly language: Language }): boolean =>
  language !== 'openapi';
