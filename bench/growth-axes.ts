/** The ways in which work grows: more entries, customers, distinct operations, connections, longer documents. Pure. */

import { createIdentifierSource } from './cells.ts';
import { createBodyWriter, firstOperation, lengthened, type Operation } from './operations.ts';

/** One way. */
export type Axis = {
  /** What grows, for people. */
  readonly title: string;
  readonly values: readonly number[];
  readonly connections: (value: number) => number;
  /** Makes the bodies of requests of that much work. */
  readonly bodies: (value: number) => () => string;
  /** Requests before the first measurement. */
  readonly warmUpRequests: (value: number) => number;
};

const identifiers = createIdentifierSource();

/** Bodies of an operation, each about customers of its own. */
const bodiesOf = (operation: Operation): (() => string) => {
  const write = createBodyWriter(operation, 'connection');
  return () => write(identifiers(operation, 'different'));
};

/** The bodies of the first operation, rewritten; `rewrite` gets the text and how many there were before. */
const rewritten = (rewrite: (body: string, count: number) => string): (() => string) => {
  const nextBody = bodiesOf(firstOperation);
  let count = 0;
  return () => {
    count += 1;
    return rewrite(nextBody(), count - 1);
  };
};

/** Operations that differ in nothing but their name, one after the other. */
const distinctBodies = (operations: number): (() => string) =>
  rewritten((body, count) => body.replaceAll(/\bQ1\b/g, `Q1_${count % operations}`));

const repeatedDocument = (kilobytes: number) => rewritten((body) => lengthened(body, kilobytes, ''));

let newDocuments = 0;
const newDocument = (kilobytes: number) =>
  rewritten((body) => {
    newDocuments += 1;
    return lengthened(body, kilobytes, `${newDocuments} `);
  });

const usual = { connections: () => 32, warmUpRequests: () => 100 };
const kilobytes = [1, 2, 5, 10, 25, 50, 100, 250];

/** All ways, within the limits that hold by default but for MAX_OPERATION_SIZE, which 50 customers exceed. */
export const axes: readonly Axis[] = [
  {
    ...usual,
    title: 'entries of one customer',
    values: [1, 2, 5, 10, 20, 50, 100, 200],
    bodies: (entries) => bodiesOf({ ...firstOperation, entries }),
  },
  {
    ...usual,
    title: 'customers, 10 entries each',
    values: [1, 2, 5, 10, 20, 50],
    bodies: (customers) => bodiesOf({ ...firstOperation, customers }),
  },
  {
    ...usual,
    title: 'distinct operations, in turn',
    values: [1, 10, 100, 1000, 10_000],
    bodies: distinctBodies,
    warmUpRequests: (operations) => Math.max(100, operations),
  },
  {
    ...usual,
    title: 'connections',
    values: [1, 10, 100, 1000],
    connections: (connections) => connections,
    bodies: () => bodiesOf(firstOperation),
  },
  { ...usual, title: 'KB of a document that repeats', values: kilobytes, bodies: repeatedDocument },
  { ...usual, title: 'KB of a new document each time', values: kilobytes, bodies: newDocument },
];
