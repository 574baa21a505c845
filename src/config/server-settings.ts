/** The settings that bound what clients and readers can make the process hold, as data for the table in `settings.ts`. */

import type { ValuesOf } from './reading.ts';
import { integer } from './setting.ts';

const oneGibibyte = 1_073_741_824;

/** Every bound, by the name of its variable. */
export const serverSettings = {
  LOG_BUFFER_BYTES: integer({
    min: 65_536,
    max: oneGibibyte,
    byDefault: 1_048_576,
    meaning:
      'Bytes of log lines that may wait while nobody reads the standard output. Lines beyond it are dropped and counted. About 3000 operations: a reader that restarts loses none.',
  }),
  MAX_CONNECTIONS: integer({
    min: 20,
    max: 1_000_000,
    byDefault: 10_000,
    meaning:
      'Open connections of clients, fewer where the process may not open as many files. When nearly all are taken, idle ones are closed so that new clients get in, and then those whose request has not arrived whole within a second: first those of the address that has most. So one client cannot keep others out, and a balancer, which has one address, needs no setting.',
  }),
  MAX_REQUESTS_PER_CONNECTION: integer({
    min: 1,
    max: 1000,
    byDefault: 32,
    meaning:
      'Requests of one connection that are served at once; more that were sent in a row wait. As many as upstream calls are in flight: browsers and balancers send one at a time.',
  }),
  CLIENT_STALL_TIMEOUT_MS: integer({
    min: 1000,
    max: 600_000,
    byDefault: 30_000,
    meaning:
      'Milliseconds after which a connection is closed whose client takes nothing of an answer. One that reads slowly stays.',
  }),
  MAX_UNREAD_BYTES: integer({
    min: 1_048_576,
    max: 68_719_476_736,
    byDefault: 134_217_728,
    meaning:
      'Bytes of answers that may wait for slow clients, over all connections. Beyond it those are closed that take nothing, and then the largest. A quarter of a small container of 512 MiB.',
  }),
  MAX_REQUESTS_IN_FLIGHT: integer({
    min: 8,
    max: 1_000_000,
    byDefault: 2000,
    meaning:
      'Requests in flight at once, probes not counted; more are told OVERLOADED with 503. Far above what one process answers within OPERATION_TIMEOUT_MS, and each holds some 100 KB. One address may hold half of them, so that one client cannot shut out the others. Behind a balancer all clients have one address, and that half is all they have, unless TRUSTED_PROXIES tells them apart.',
  }),
  MAX_BODY_BYTES_IN_FLIGHT: integer({
    min: 65_536,
    max: 68_719_476_736,
    byDefault: 67_108_864,
    meaning:
      'Bytes of the bodies of all requests in flight, as declared; a body in chunks counts MAX_BODY_BYTES. Beyond it requests with a body over 16 KiB are told OVERLOADED; others still pass. One address may hold half of them. An eighth of a small container of 512 MiB, and 256 bodies of the largest size.',
  }),
  OVERLOAD_LOOP_DELAY_MS: integer({
    min: 50,
    max: 60_000,
    byDefault: 500,
    meaning:
      'How late the event loop may be, in milliseconds and on average over about a second, before requests are told OVERLOADED. Half of what probes usually wait for an answer; a burst is over sooner.',
  }),
  OVERLOAD_HEAP_PERCENT: integer({
    min: 50,
    max: 100,
    byDefault: 90,
    meaning:
      'How much of the heap may be used, in percent of what V8 allows (`--max-old-space-size`), before requests are told OVERLOADED. A full heap ends the process; garbage alone does not fill it that far.',
  }),
} as const;

/** What clients may hold, in the form that the server takes. */
export type ClientLimits = {
  readonly maxConnections: number;
  readonly maxRequestsPerConnection: number;
  readonly stallTimeoutMs: number;
  readonly maxUnreadBytes: number;
};

/** What these settings come to. */
export type ServerConfig = {
  /** From which values on requests are turned away. */
  readonly overload: {
    readonly loopDelayMs: number;
    readonly heapPercent: number;
    readonly requestsInFlight: number;
    readonly bodyBytesInFlight: number;
  };
  readonly clientLimits: ClientLimits;
  /** Of log lines that wait for their reader. */
  readonly logBufferBytes: number;
};

/** Puts the values of the settings into the form that the process works with. */
export const serverConfig = (values: ValuesOf<typeof serverSettings>): ServerConfig => ({
  clientLimits: {
    maxConnections: values.MAX_CONNECTIONS,
    maxRequestsPerConnection: values.MAX_REQUESTS_PER_CONNECTION,
    stallTimeoutMs: values.CLIENT_STALL_TIMEOUT_MS,
    maxUnreadBytes: values.MAX_UNREAD_BYTES,
  },
  overload: {
    loopDelayMs: values.OVERLOAD_LOOP_DELAY_MS,
    heapPercent: values.OVERLOAD_HEAP_PERCENT,
    requestsInFlight: values.MAX_REQUESTS_IN_FLIGHT,
    bodyBytesInFlight: values.MAX_BODY_BYTES_IN_FLIGHT,
  },
  logBufferBytes: values.LOG_BUFFER_BYTES,
});
