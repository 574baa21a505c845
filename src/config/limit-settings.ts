/** The settings that limit requests and clients. Part of the table in `settings.ts`. */

import { integer } from './setting.ts';

const oneGibibyte = 1_073_741_824;

/** Limits on one request: what it may use of the upstream and of this process. */
export const requestLimits = {
  MAX_CALLS_PER_OPERATION: integer(1, 10_000, {
    byDefault: 50,
    meaning:
      'Most upstream calls of one HTTP request. The default is half of what a testing cluster allows in a minute.',
  }),
  MAX_PAGE_SIZE: integer(1, 10_000, {
    byDefault: 200,
    meaning:
      'Largest `first` and `last`, in entries. The default is twenty calls at the default UPSTREAM_MAX_LIMIT.',
  }),
  MAX_BODY_BYTES: integer(1, 104_857_600, {
    byDefault: 262_144,
    meaning: 'Most bytes of a request body. The default is enough for any hand-written operation.',
  }),
  MAX_OPERATION_SIZE: integer(1, 10_000_000, {
    byDefault: 8000,
    meaning:
      'Most fields that one HTTP request may resolve. Fields in lists and fragments are counted as often as they are resolved. Some count more than once, because they take longer: a customer 10 besides its fields, a balance 25, an id 8 and more for a long identifier, a cursor 3, an introspection field 2, and every 32 characters of an argument 1. 20 customers with all fields of ten entries count 5500; one customer with all fields of 200 entries counts 3700. An operation of the default size takes about 50 ms, and its answer at most 1 MB.',
  }),
  MAX_TOKENS: integer(1, 1_000_000, {
    byDefault: 2000,
    meaning:
      'Most tokens in the documents of one HTTP request. Documents in the cache do not count. The introspection query has 200 tokens; the longest hand-written operations have some hundreds. Checking a document of the default size takes up to 15 ms.',
  }),
  MAX_ALIASES: integer(1, 100_000, {
    byDefault: 50,
    meaning:
      'How often one selection set may contain the same field or the same response key, with fragments written out; also how many fragments it may spread. The default is that of MAX_CALLS_PER_OPERATION: one call for each customer.',
  }),
  MAX_ROOT_FIELDS: integer(1, 100_000, {
    byDefault: 50,
    meaning:
      'Most fields at the root of one operation. The default is that of MAX_CALLS_PER_OPERATION: one call for each customer.',
  }),
  MAX_LIST_ITEMS: integer(1, 1_000_000, {
    byDefault: 200,
    meaning:
      'Most items of one list argument, repeats included. The number is checked before the items. The default is that of MAX_PAGE_SIZE.',
  }),
  MAX_VARIABLES_SIZE: integer(1, 104_857_600, {
    byDefault: 131_072,
    meaning:
      'Most characters in the variables of one operation. Each value counts 64 characters more, for its memory. The default is enough for 200 identifiers of 300 characters; real ones are shorter.',
  }),
  DOCUMENT_CACHE_BYTES: integer(1, oneGibibyte, {
    byDefault: 67_108_864,
    meaning:
      'Most bytes of cached documents and of the operations that are prepared from them. A query of 20 fields takes 23 KB, and 55 KB from its second request on. The default holds 1200 of those; further ones take several times the CPU time. Refused documents are not cached.',
  }),
} as const;

/** Limits on what all clients together, or a slow reader of the log, can make the process hold. */
export const clientLimits = {
  LOG_BUFFER_BYTES: integer(65_536, oneGibibyte, {
    byDefault: 1_048_576,
    meaning:
      'Most bytes of log lines that wait while nobody reads the standard output. Further lines are dropped and counted. The default is enough for the lines of about 3000 operations, so none are lost while a log reader restarts.',
  }),
  MAX_CONNECTIONS: integer(20, 1_000_000, {
    byDefault: 10_000,
    meaning:
      'Most open connections of clients; fewer if the process may not open as many files, which a warning says at the start. When nearly all are open, idle connections are closed, and then those whose request has not arrived whole within a second. The address with most connections comes first. So one client cannot shut out others, and a balancer, which has one address, needs no other setting.',
  }),
  MAX_REQUESTS_PER_CONNECTION: integer(1, 1000, {
    byDefault: 32,
    meaning:
      'Most requests of one connection that are served at the same time (pipelining). Further ones wait. The default is that of UPSTREAM_MAX_CONCURRENCY. Browsers and balancers send one at a time.',
  }),
  CLIENT_STALL_TIMEOUT_MS: integer(1000, 600_000, {
    byDefault: 30_000,
    meaning:
      'Milliseconds after which a connection is closed if its client reads nothing of an answer. A client that reads slowly stays connected.',
  }),
  MAX_UNREAD_BYTES: integer(1_048_576, 68_719_476_736, {
    byDefault: 134_217_728,
    meaning:
      'Most bytes of answers that wait for slow clients, over all connections. Beyond it, connections are closed: first those whose clients read nothing, then those with the largest answers. The default is a quarter of a small container of 512 MiB.',
  }),
  MAX_REQUESTS_IN_FLIGHT: integer(8, 1_000_000, {
    byDefault: 2000,
    meaning:
      'Most requests in flight, without probes. Further ones are refused with 503 and OVERLOADED. One address may have half of them, so that one client cannot shut out others. Behind a balancer all clients share one address and so this half, unless TRUSTED_PROXIES tells them apart. Each request takes about 100 KB. The default is far more than one process answers within OPERATION_TIMEOUT_MS.',
  }),
  MAX_BODY_BYTES_IN_FLIGHT: integer(65_536, 68_719_476_736, {
    byDefault: 67_108_864,
    meaning:
      'Most declared bytes of the bodies of all requests in flight. A body in chunks counts MAX_BODY_BYTES. Beyond it, requests with a body over 16 KiB are refused with OVERLOADED; smaller ones are still served. One address may use half of the bytes. The default is an eighth of a small container of 512 MiB, or 256 bodies of the largest size.',
  }),
  OVERLOAD_LOOP_DELAY_MS: integer(50, 60_000, {
    byDefault: 500,
    meaning:
      'Delay of the event loop, in milliseconds, beyond which requests are refused with OVERLOADED. It is an average over about a second, so a short burst does not count. The default is half of what probes usually wait for an answer.',
  }),
  OVERLOAD_HEAP_PERCENT: integer(50, 100, {
    byDefault: 90,
    meaning:
      'Use of the heap, in percent of V8’s limit (`--max-old-space-size`), beyond which requests are refused with OVERLOADED. A full heap ends the process. Uncollected garbage alone does not reach the default.',
  }),
} as const;
