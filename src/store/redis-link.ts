/**
 * The connection to Redis: made at first use, quietly made again when it breaks, and known to be away when it is.
 * Knows no key and no script.
 */
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import { setPatience } from './timeouts.ts';

/** A command's words, or binary parts of it. */
export type RedisWord = string | Buffer;

/** The connection. What fails here is never more than a reason to go on without Redis. */
export type RedisLink = {
  /** False as long as nothing is known against it: before the first use as well. */
  readonly isAway: () => boolean;
  /**
   * Sends a command once and gives its reply, bulk strings as `Buffer`. Nothing waits for a connection to come back:
   * a command that cannot go out now never does.
   * @throws {Error} at once while Redis is away, else when it refuses or does not answer in time.
   */
  readonly send: (words: readonly RedisWord[]) => Promise<unknown>;
  /** Told of every change between here and away. */
  readonly onChange: (listener: (isAway: boolean) => void) => void;
  /** Ends the connection. Nothing is sent afterwards. */
  readonly close: () => Promise<void>;
};

/**
 * Milliseconds in which Redis must answer. Hundreds of times what it takes on a busy network, and more than a fork or a slow
 * script holds it up as a rule; but callers are waiting.
 */
export const usualReplyTimeoutMs = 900;
/** Milliseconds in which a connection must come about. */
const connectTimeoutMs = 1000;
/** Milliseconds between two looks at a Redis that has failed, at the most: so soon is it used again. */
const longestPauseMs = 1000;
/** Milliseconds before a connection that brought no answer is replaced: one that refuses all would be at once, for ever. */
const renewalPauseMs = 500;

/** Opens nothing yet. `url` is `redis:` or `rediss:`; what it holds of credentials is never told to anyone. In `replyTimeoutMs`, Redis must answer. */
export function createRedisLink(url: string, replyTimeoutMs = usualReplyTimeoutMs): RedisLink {
  const listeners: ((isAway: boolean) => void)[] = [];
  const link = { isAway: false, isClosed: false, client: openClient(url), firstOutcome: noOutcomeYet() };
  let lookAgain: NodeJS.Timeout | undefined;

  function turn(isAway: boolean): void {
    link.firstOutcome.settle();
    if (link.isAway === isAway || link.isClosed) return;
    link.isAway = isAway;
    for (const listener of listeners) listener(isAway);
  }
  function connect(): void {
    if (link.client.isOpen || link.isClosed) return;
    const { client } = link;
    const isCurrent = () => client === link.client;
    // A connection is no answer: the system takes one on behalf of a server that stands still.
    client.on('ready', () => isCurrent() && void look());
    client.on('error', () => isCurrent() && turn(true));
    // Its outcome is told by the events; a rejection nobody waits for would be taken for a stray fault.
    client.connect().catch(() => isCurrent() && turn(true));
  }
  /**
   * After a silence, or a refusal such as "out of memory": leaves Redis alone for a while, then asks whether it is
   * well. One that is silent again gets a new connection, because the old one may be a wire that leads nowhere.
   */
  function distrust(): void {
    turn(true);
    lookAgain = postpone(lookAgain, () => void look(), longestPauseMs);
  }
  async function look(): Promise<void> {
    if (!link.client.isOpen) return connect(); // It was put off for the sake of this look.
    try {
      if (link.client.isReady) await inTime(link.client.sendCommand(['PING']), replyTimeoutMs);
      turn(!link.client.isReady);
    } catch {
      turn(true);
      destroyClient(link.client);
      link.client = openClient(url);
      lookAgain = postpone(lookAgain, connect, renewalPauseMs);
    }
  }

  return {
    isAway: () => link.isAway || link.isClosed,
    async send(words) {
      if (link.isAway || link.isClosed) throw new Error('Redis is away');
      connect();
      try {
        return await inTime(
          link.firstOutcome.promise.then(() => link.client.sendCommand(words)),
          replyTimeoutMs,
        );
      } catch (error) {
        if (!link.isClosed && !isAboutKey(error)) distrust();
        throw error;
      }
    },
    onChange: (listener) => void listeners.push(listener),
    async close() {
      link.isClosed = true;
      link.firstOutcome.settle();
      clearTimeout(lookAgain);
      destroyClient(link.client);
    },
  };
}

/** Whether Redis has answered, and only that a key is of another kind than asked for: nothing is wrong with Redis itself. */
function isAboutKey(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.includes('WRONGTYPE');
}

/** Instead of what was to be done at `timer`. */
function postpone(timer: NodeJS.Timeout | undefined, work: () => void, ms: number): NodeJS.Timeout {
  clearTimeout(timer);
  return setTimeout(work, ms).unref();
}

type Client = ReturnType<typeof openClient>;

function openClient(url: string) {
  return createClient({
    url,
    RESP: 2, // Version 3 answers in other shapes; 2 is spoken by every server, Valkey and proxies included.
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

/** The outcome of the first attempt to connect, for which the very first commands wait. */
function noOutcomeYet(): { readonly promise: Promise<void>; readonly settle: () => void } {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

function inTime<T>(reply: Promise<T>, timeoutMs: number): Promise<T> {
  let stop = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    stop = setPatience(timeoutMs, () => reject(new Error('Redis does not answer')));
  });
  return Promise.race([reply, tooLate]).finally(() => stop());
}
