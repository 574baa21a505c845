/** Remembers the calls that a sandbox received. Tests wait for calls here instead of sleeping. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../faults/faults.ts';
import type { Query } from '../wire/request.ts';

/** One call as the sandbox saw it. Times are in milliseconds of the sandbox's clock. */
export type Call = {
  /** Counts from 1, forgotten calls included. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  /** The query as it was sent, without the `?`. */
  readonly rawQuery: string;
  /** Names in lower case. Credentials are among them. */
  readonly headers: IncomingHttpHeaders;
  /** `basic:` and the user, or `oauth:` and the key. `null` if the call proved neither. */
  readonly credential: string | null;
  readonly startedAt: number;
  /** `null` while the answer is pending. */
  readonly endedAt: number | null;
  /** Calls that were pending when this call arrived, itself included. */
  readonly concurrency: number;
  /** The status that was sent; `null` if none was. */
  readonly status: number | null;
  /** The endpoint's failure code; `null` if the answer has none. */
  readonly code: number | null;
  /** The kind of fault that hit the call; `latency` if only latencies did. */
  readonly fault: Fault['kind'] | null;
  /** Whether the call was beyond `callsPerMinute`, also if a fault replaced the 429. */
  readonly overLimit: boolean;
  /** `client-gone`: the client left before the whole answer was sent. `cut`: the sandbox cut the connection. */
  readonly outcome: 'pending' | 'answered' | 'client-gone' | 'cut';
};

/** What the log learns while a call is answered. */
export type Finding = Partial<
  Pick<Call, 'credential' | 'status' | 'code' | 'fault' | 'overLimit' | 'outcome' | 'endedAt'>
>;

/** What the log knows when a call arrives. */
export type Arrival = Pick<Call, 'method' | 'path' | 'query' | 'rawQuery' | 'headers'>;

/** The calls of one endpoint. */
export type CallLog = {
  /** Begins a record. `note` and `close` change it. */
  readonly open: (arrival: Arrival) => Call;
  readonly note: (call: Call, finding: Finding) => void;
  readonly close: (call: Call, outcome: Exclude<Call['outcome'], 'pending'>) => void;
  /** The last calls, oldest first, each as it stands now. */
  readonly calls: () => readonly Call[];
  /** Calls since the last `clear`, forgotten calls included. */
  readonly count: () => number;
  /** Resolves when `isSeen` is true of the calls. It is called at once, and after every change. */
  readonly until: (isSeen: (calls: readonly Call[]) => boolean) => Promise<void>;
  readonly clear: () => void;
};

type Waiter = { readonly isSeen: (calls: readonly Call[]) => boolean; readonly resolve: () => void };

/** A log that remembers at least the last `remembered` calls. `now` is in milliseconds. */
export function createCallLog(remembered: number, now: () => number): CallLog {
  let records: Call[] = [];
  let waiters: Waiter[] = [];
  let count = 0;
  let pending = 0;
  const calls = (): Call[] => records.map((record) => ({ ...record }));
  const notify = (): void => {
    if (waiters.length === 0) return;
    const ready = waiters.filter(({ isSeen }) => isSeen(records));
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve();
  };
  const note = (record: Call, finding: Finding): void => {
    Object.assign(record, finding);
    notify();
  };
  return {
    open: (arrival) => {
      count += 1;
      pending += 1;
      const record = openRecord(arrival, count, pending, now());
      records.push(record);
      if (records.length > 2 * remembered) records = records.slice(-remembered);
      notify();
      return record;
    },
    note,
    close: (record, outcome) => {
      pending -= 1;
      note(record, { outcome, endedAt: now() });
    },
    calls: () => calls().slice(-remembered),
    count: () => count,
    until: (isSeen) =>
      new Promise((resolve) => {
        waiters.push({ isSeen, resolve });
        notify();
      }),
    clear: () => {
      records = [];
      count = 0;
    },
  };
}

function openRecord(arrival: Arrival, number: number, concurrency: number, startedAt: number): Call {
  return {
    number,
    ...arrival,
    credential: null,
    startedAt,
    endedAt: null,
    concurrency,
    status: null,
    code: null,
    fault: null,
    overLimit: false,
    outcome: 'pending',
  };
}
