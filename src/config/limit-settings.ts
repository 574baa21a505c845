/** The settings that bound what requests and clients may take. Part of the table in `settings.ts`. */

import { integer } from './setting.ts';

const oneGibibyte = 1_073_741_824;

/** Bounds on one request: what it may take of the upstream and of this process. */
export const requestLimits = {
  MAX_CALLS_PER_OPERATION: integer({
    min: 1,
    max: 10_000,
    byDefault: 50,
    meaning:
      'Upstream calls that one HTTP request may cost. The default is half of what a testing cluster allows in a minute.',
  }),
  MAX_PAGE_SIZE: integer({
    min: 1,
    max: 10_000,
    byDefault: 200,
    meaning:
      'Largest `first` and `last`, in entries. The default is twenty calls at the default UPSTREAM_MAX_LIMIT.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1,
    max: 104_857_600,
    byDefault: 262_144,
    meaning:
      'Bytes of a request body. The default has room for any hand-written operation, and none for a flood.',
  }),
  MAX_OPERATION_SIZE: integer({
    min: 1,
    max: 10_000_000,
    byDefault: 8000,
    meaning:
      'Fields that one HTTP request may resolve, with fragments and lists multiplied out. Some count more, because they take longer: a customer 10 beside its fields, a balance 25, an id 8 and more for a long identifier, a cursor 3, a field of an introspection 2, and each 32 characters of an argument one. 20 customers with every field of ten entries come to 5500, one customer with every field of 200 entries to 3700. A request of the default size takes about 50 ms and at most 1 MB.',
  }),
  MAX_TOKENS: integer({
    min: 1,
    max: 1_000_000,
    byDefault: 2000,
    meaning:
      'Tokens in the documents of one HTTP request; documents in the cache do not count. The introspection query has 200, the longest hand-written operations some hundreds. To check the default number takes up to 15 ms.',
  }),
  MAX_ALIASES: integer({
    min: 1,
    max: 100_000,
    byDefault: 50,
    meaning:
      'How often one selection may have one field or one response key, with fragments written out, and how many fragments it may spread. The default is the number of customers that an operation can pay for by default.',
  }),
  MAX_ROOT_FIELDS: integer({
    min: 1,
    max: 100_000,
    byDefault: 50,
    meaning:
      'Fields at the root of one operation. The default is the number of customers that an operation can pay for by default.',
  }),
  MAX_LIST_ITEMS: integer({
    min: 1,
    max: 1_000_000,
    byDefault: 200,
    meaning:
      'Items of one list argument, repeats included. The number is checked before any item is. The default is the number of entries of the largest page.',
  }),
  MAX_VARIABLES_SIZE: integer({
    min: 1,
    max: 104_857_600,
    byDefault: 131_072,
    meaning:
      'Characters in the variables of one operation. Each value counts 64 more, which it takes in memory. The default has room for 200 identifiers of 300 characters; real ones are shorter.',
  }),
  DOCUMENT_CACHE_BYTES: integer({
    min: 2,
    max: oneGibibyte,
    byDefault: 16_777_216,
    meaning:
      'Bytes of two caches, half for each: parsed documents, and operations prepared to run again. By default they hold some hundred. Refused documents are never cached.',
  }),
} as const;

/** Bounds on what all clients, and the reader of the log, can make the process hold. */
export const clientLimits = {
  LOG_BUFFER_BYTES: integer({
    min: 65_536,
    max: oneGibibyte,
    byDefault: 1_048_576,
    meaning:
      'Bytes of log lines that may wait while nobody reads the standard output. Further lines are dropped and counted. The default holds the lines of about 3000 operations: a reader that restarts loses none.',
  }),
  MAX_CONNECTIONS: integer({
    min: 20,
    max: 1_000_000,
    byDefault: 10_000,
    meaning:
      'Open connections of clients, fewer where the process may not open as many files. When nearly all are taken, idle connections are closed, and then those whose request has not arrived whole within a second, first of the address that has most. So one client cannot keep others out, and a balancer, which has one address, needs no setting.',
  }),
  MAX_REQUESTS_PER_CONNECTION: integer({
    min: 1,
    max: 1000,
    byDefault: 32,
    meaning:
      'Requests of one connection that are served at once; more wait. The default is that of UPSTREAM_MAX_CONCURRENCY. Browsers and balancers send one at a time.',
  }),
  CLIENT_STALL_TIMEOUT_MS: integer({
    min: 1000,
    max: 600_000,
    byDefault: 30_000,
    meaning:
      'Milliseconds after which a connection is closed whose client reads nothing of an answer. A client that reads slowly stays connected.',
  }),
  MAX_UNREAD_BYTES: integer({
    min: 1_048_576,
    max: 68_719_476_736,
    byDefault: 134_217_728,
    meaning:
      'Bytes of answers that may wait for slow clients, over all connections. Beyond it, connections are closed whose clients read nothing, and then those with the largest answers. The default is a quarter of a small container of 512 MiB.',
  }),
  MAX_REQUESTS_IN_FLIGHT: integer({
    min: 8,
    max: 1_000_000,
    byDefault: 2000,
    meaning:
      'Requests in flight at once, probes not counted. More are refused with 503 and OVERLOADED. The default is far above what one process answers within OPERATION_TIMEOUT_MS, and each request holds some 100 KB. One address may hold half of them, so that one client cannot shut out the others. Behind a balancer all clients share one address and this half, unless TRUSTED_PROXIES tells them apart.',
  }),
  MAX_BODY_BYTES_IN_FLIGHT: integer({
    min: 65_536,
    max: 68_719_476_736,
    byDefault: 67_108_864,
    meaning:
      'Bytes of the bodies of all requests in flight, as declared; a body in chunks counts MAX_BODY_BYTES. Beyond it, requests with a body over 16 KiB are refused with OVERLOADED; others still pass. One address may hold half of the bytes. The default is an eighth of a small container of 512 MiB, or 256 bodies of the largest size.',
  }),
  OVERLOAD_LOOP_DELAY_MS: integer({
    min: 50,
    max: 60_000,
    byDefault: 500,
    meaning:
      'How late the event loop may be before requests are refused with OVERLOADED, in milliseconds and on average over about a second. The default is half of what probes usually wait for an answer; a burst is over sooner.',
  }),
  OVERLOAD_HEAP_PERCENT: integer({
    min: 50,
    max: 100,
    byDefault: 90,
    meaning:
      'How much of the heap may be used before requests are refused with OVERLOADED, in percent of what V8 allows (`--max-old-space-size`). A full heap ends the process. Garbage alone does not fill it to the default.',
  }),
} as const;
