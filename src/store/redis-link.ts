/**
 * The connection to Redis. It connects at first use, connects again when the connection breaks, and reports whether
 * Redis is away. Logs nothing. Knows neither keys nor scripts.
 */
import { EventEmitter, once } from 'node:events';
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import { inTime } from './timeouts.ts';

/** The connection. On a failure the gateway goes on without Redis. */
export type RedisLink = {
  /** Whether a failure has shown that Redis is away. False before the first use. */
  readonly isAway: () => boolean;
  /**
   * Sends the words of a command once and returns its reply, with bulk strings as `Buffer`. Does not wait until a broken
   * connection is back.
   * @throws {Error} at once while Redis is away; otherwise if Redis refuses, or does not answer in time.
   */
  readonly send: (words: readonly (string | Buffer)[]) => Promise<unknown>;
  /** Adds a listener. It is called whenever Redis goes away or comes back. */
  readonly onChange: (listener: (isAway: boolean) => void) => void;
  /** Closes the connection for good. Nothing is sent afterwards. */
  readonly close: () => Promise<void>;
};

/**
 * Milliseconds within which Redis must answer. A busy network needs a few, and a fork or a slow script of Redis usually
 * less than this. Callers are waiting, so it is no longer.
 */
export const usualReplyTimeoutMs = 900;
/** Milliseconds within which a connection attempt must succeed. */
const connectTimeoutMs = 1000;
/** Most milliseconds between two checks of a Redis that is away, and so until it is used again. */
const longestPauseMs = 1000;
/**
 * Milliseconds before a connection that failed its check is replaced, so that a Redis that refuses all is not asked
 * without a pause.
 */
const renewalPauseMs = 500;

/**
 * Creates the link to a `redis:` or `rediss:` URL. It may contain credentials, so no error contains any part of it. Connects
 * at the first `send`.
 */
export function createRedisLink(url: string, replyTimeoutMs = usualReplyTimeoutMs): RedisLink {
  const link = { isAway: false, isClosed: false, client: openClient(url) };
  const events = new EventEmitter();
  /** The first commands wait for the outcome of the first connection attempt. */
  const firstOutcome = once(events, 'outcome');
  let recheck: NodeJS.Timeout | undefined;

  function update(isAway: boolean): void {
    events.emit('outcome');
    if (link.isAway === isAway || link.isClosed) return;
    link.isAway = isAway;
    events.emit('change', isAway);
  }
  function connect(): void {
    const { client } = link;
    if (client.isOpen || link.isClosed) return;
    // A connection alone proves nothing: the operating system accepts it even if the server stands still.
    client.on('ready', () => void check());
    client.on('error', () => update(true));
    // The events above report the outcome. An unhandled rejection would be counted as a stray fault.
    client.connect().catch(() => client === link.client && update(true));
  }
  /** Pings Redis. Replaces a connection that does not answer, because it may be dead. */
  async function check(): Promise<void> {
    if (!link.client.isOpen) return connect(); // This check has cancelled the timer of a connection attempt.
    try {
      if (link.client.isReady) await inTime(link.client.sendCommand(['PING']), replyTimeoutMs);
      update(!link.client.isReady);
    } catch {
      update(true);
      destroyClient(link.client);
      link.client = openClient(url);
      recheck = postpone(recheck, connect, renewalPauseMs);
    }
  }

  return {
    isAway: () => link.isAway || link.isClosed,
    async send(words) {
      if (link.isAway || link.isClosed) throw new Error('Redis is away');
      const send = () => link.client.sendCommand(words);
      connect();
      try {
        return await inTime(firstOutcome.then(send), replyTimeoutMs);
      } catch (error) {
        // A key of another type says nothing about Redis itself.
        if (!link.isClosed && !(error instanceof ErrorReply && error.message.includes('WRONGTYPE'))) {
          // Redis did not answer, or refused, as with "out of memory": it gets a pause before the next check.
          update(true);
          recheck = postpone(recheck, () => void check(), longestPauseMs);
        }
        throw error;
      }
    },
    onChange: (listener) => void events.on('change', listener),
    async close() {
      link.isClosed = true;
      events.emit('outcome');
      clearTimeout(recheck);
      destroyClient(link.client);
    },
  };
}

/** Cancels `timer`, and starts another. */
function postpone(timer: NodeJS.Timeout | undefined, work: () => void, ms: number): NodeJS.Timeout {
  clearTimeout(timer);
  return setTimeout(work, ms).unref();
}

type Client = ReturnType<typeof openClient>;

function openClient(url: string) {
  return createClient({
    url,
    RESP: 2, // Every server speaks version 2, also Valkey and proxies. The replies of version 3 have other shapes.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => Math.min(longestPauseMs, 50 * 2 ** retries),
    },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

function destroyClient(client: Client): void {
  client.removeAllListeners();
  client.on('error', () => undefined); // An emitter without a listener throws its errors.
  if (client.isOpen) client.destroy();
}
