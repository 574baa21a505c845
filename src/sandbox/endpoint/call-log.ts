/** Remembers the calls that a sandbox got, and lets tests wait for them without sleeping. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../faults/faults.ts';
import type { Query } from '../ledger/question.ts';

/** One call as the sandbox saw it. Times are in milliseconds of the sandbox's clock. */
export type Call = {
  /** Counts from 1; goes on when old calls are forgotten. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** Decoded; of a repeated parameter the first. */
  readonly query: Query;
  /** The query as it came, without the `?`. */
  readonly rawQuery: string;
  /** As Node gives them: names in lower case. Holds credentials. */
  readonly headers: IncomingHttpHeaders;
  /** `basic:` and the user or `oauth:` and the key; `null` if the call proved neither. */
  readonly credential: string | null;
  readonly startedAt: number;
  /** `null` while the answer is pending. */
  readonly endedAt: number | null;
  /** How many calls were pending when this one came, itself included. */
  readonly concurrency: number;
  /** Of the answer that was sent or begun; `null` if none was. */
  readonly status: number | null;
  /** The endpoint's own failure code, if the answer has one. */
  readonly code: number | null;
  /** The kind of fault that hit the call; waiting by latency alone is `latency`. */
  readonly fault: Fault['kind'] | null;
  /** Came beyond `callsPerMinute`, whatever was then answered. */
  readonly overLimit: boolean;
  /** `client-gone`: the client left before the whole answer was sent. `cut`: the sandbox broke it off. */
  readonly outcome: 'pending' | 'answered' | 'client-gone' | 'cut';
};

/** What comes to be known of a call while it is answered. */
export type Finding = Partial<
  Pick<Call, 'credential' | 'status' | 'code' | 'fault' | 'overLimit' | 'outcome' | 'endedAt'>
>;

/** What is known of a call when it arrives. */
export type Arrival = Pick<Call, 'method' | 'path' | 'query' | 'rawQuery' | 'headers'>;

/** The calls of one endpoint. */
export type CallLog = {
  /** Begins a record, which goes on changing as findings are noted. */
  readonly open: (arrival: Arrival) => Call;
  readonly note: (call: Call, finding: Finding) => void;
  readonly close: (call: Call, outcome: Exclude<Call['outcome'], 'pending'>) => void;
  /** The last calls, oldest first, each as it stands now. */
  readonly calls: () => readonly Call[];
  /** How many came since the last `clear`, forgotten ones included. */
  readonly count: () => number;
  /** Resolves as soon as `isSeen` holds of `calls()`; judged anew whenever anything is noted. */
  readonly until: (isSeen: (calls: readonly Call[]) => boolean) => Promise<void>;
  readonly clear: () => void;
};

type Waiter = { readonly isSeen: (calls: readonly Call[]) => boolean; readonly resolve: () => void };

/** A log of the last `kept` calls. `now` is in milliseconds. */
export function createCallLog(kept: number, now: () => number): CallLog {
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
      if (records.length > 2 * kept) records = records.slice(-kept);
      notify();
      return record;
    },
    note,
    close: (record, outcome) => {
      pending -= 1;
      note(record, { outcome, endedAt: now() });
    },
    calls: () => calls().slice(-kept),
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
