/** Load on a server: some connections, each of which sends its next request when its last one is answered. */

import { type Answer, bodyText, type Connection, openConnection } from './connection.ts';

/** What a load is. */
export type Load = {
  readonly port: number;
  readonly connections: number;
  /** How long requests begin. Those that have begun are waited for. */
  readonly durationMs: number;
  /** The most requests. None: as many as there is time for. */
  readonly mostRequests?: number;
  /** The body of the next request. */
  readonly nextBody: () => string;
};

/** What came of a load. */
export type LoadResult = {
  readonly requests: number;
  /** Requests without an answer, without status 200, or with errors in the answer. */
  readonly failures: number;
  /** The first failure in words. */
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  /** Of each request, in milliseconds, ascending. */
  readonly latenciesMs: Float64Array;
};

/** A POST of a body, as bytes go over the wire. */
function writeRequest(port: number, body: string): string {
  return (
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Why an answer is none, or undefined. */
const failureOf = (answer: Answer | undefined): string | undefined => {
  if (answer === undefined) return 'the connection ended';
  if (answer.status === 200 && !answer.body.includes('"errors":')) return undefined;
  return `status ${answer.status}, ${bodyText(answer).slice(0, 300)}`;
};

/** Opens the connections; what runs between `open` and `close` is measured without them. */
export async function openConnections(port: number, count: number): Promise<readonly Connection[]> {
  return Promise.all(Array.from({ length: count }, () => openConnection(port)));
}

/** Runs a load over open connections. */
export async function runLoad(connections: readonly Connection[], load: Load): Promise<LoadResult> {
  const { port, nextBody, mostRequests = Number.POSITIVE_INFINITY } = load;
  const latencies: number[] = [];
  let sent = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  const keepAsking = async ({ exchange }: Connection) => {
    let askedAt = performance.now();
    while (askedAt < endsAt && sent < mostRequests) {
      sent += 1;
      const answer = await exchange(writeRequest(port, nextBody())).catch(() => undefined);
      const answeredAt = performance.now();
      latencies.push(answeredAt - askedAt);
      askedAt = answeredAt;
      const failure = failureOf(answer);
      if (failure !== undefined) failures += 1;
      firstFailure ??= failure;
      if (answer === undefined) return; // The connection is gone; the others go on.
    }
  };
  await Promise.all(connections.map(keepAsking));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    requests: latencies.length,
    failures,
    firstFailure,
    seconds,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

/** Asks once, over a connection of its own. Rejects when the answer has another status than 200. */
export async function askOnce(port: number, body: string): Promise<string> {
  const connection = await openConnection(port);
  try {
    const answer = await connection.exchange(writeRequest(port, body));
    if (answer.status !== 200)
      throw new Error(`Expected status 200, got ${answer.status}: ${bodyText(answer)}`);
    return bodyText(answer);
  } finally {
    connection.close();
  }
}
