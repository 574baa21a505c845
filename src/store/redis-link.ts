/**
 * The connection to Redis: made at first use, made again when it breaks, and known to be away when it is. Logs nothing.
 * Knows no key and no script.
 */
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';

/** A command's words, or binary parts of it. */
export type RedisWord = string | Buffer;

/** The connection. A failure here is never more than a reason to go on without Redis. */
export type RedisLink = {
  /** False until a failure shows that Redis is away: before the first use as well. */
  readonly isAway: () => boolean;
  /**
   * Sends a command once and returns its reply, bulk strings as `Buffer`. A command never waits for a broken connection:
   * it goes out now or never.
   * @throws {Error} at once while Redis is away, else when it refuses or does not answer in time.
   */
  readonly send: (words: readonly RedisWord[]) => Promise<unknown>;
  /** Adds a listener, called for every change between here and away. */
  readonly onChange: (listener: (isAway: boolean) => void) => void;
  /** Ends the connection. Nothing is sent afterwards. */
  readonly close: () => Promise<void>;
};

/**
 * Milliseconds in which Redis must answer. Hundreds of times what it takes on a busy network, and more than a fork or a slow
 * script delays it as a rule; but callers are waiting.
 */
export const usualReplyTimeoutMs = 900;
/** Milliseconds in which a connection must come about. */
const connectTimeoutMs = 1000;
/** Most milliseconds between two checks of a Redis that has failed: so soon is it used again. */
const longestPauseMs = 1000;
/** Milliseconds before a connection without an answer is replaced. A Redis that refuses all would else be asked without end. */
const renewalPauseMs = 500;

/** What a connection needs. */
export type RedisLinkOptions = {
  /** `redis:` or `rediss:`. Holds credentials: no part of it stands in an error. */
  readonly url: string;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly replyTimeoutMs?: number;
};

/** Opens nothing yet. */
export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { url } = options;
  const listeners: ((isAway: boolean) => void)[] = [];
  const link = { isAway: false, isClosed: false, client: openClient(url), firstOutcome: noOutcomeYet() };
  let recheck: NodeJS.Timeout | undefined;

  function update(isAway: boolean): void {
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
    client.on('ready', () => isCurrent() && void check());
    client.on('error', () => isCurrent() && update(true));
    // The events report its outcome; an unhandled rejection would be taken for a stray fault.
    client.connect().catch(() => isCurrent() && update(true));
  }
  /** Asks Redis whether it is well. A silent connection is replaced, because it may lead nowhere. */
  async function check(): Promise<void> {
    if (!link.client.isOpen) return connect(); // The check took the place of a connection attempt.
    try {
      if (link.client.isReady) await inTime(link.client.sendCommand(['PING']), options);
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
      connect();
      try {
        const reply = link.firstOutcome.promise.then(() => link.client.sendCommand(words));
        return await inTime(reply, options);
      } catch (error) {
        if (!link.isClosed && !isAboutKey(error)) {
          // After a silence, or a refusal such as "out of memory", Redis rests before the check.
          update(true);
          recheck = postpone(recheck, () => void check(), longestPauseMs);
        }
        throw error;
      }
    },
    onChange: (listener) => void listeners.push(listener),
    async close() {
      link.isClosed = true;
      link.firstOutcome.settle();
      clearTimeout(recheck);
      destroyClient(link.client);
    },
  };
}

/** Whether Redis has answered that only a key is of another kind than asked for: Redis itself is well. */
function isAboutKey(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.includes('WRONGTYPE');
}

/** Replaces what `timer` was to do. */
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

function inTime<T>(reply: Promise<T>, options: RedisLinkOptions): Promise<T> {
  const { replyTimeoutMs = usualReplyTimeoutMs, now } = options;
  let stop = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    stop = startTimeout(replyTimeoutMs, now, () => reject(new Error('Redis does not answer')));
  });
  return Promise.race([reply, tooLate]).finally(() => stop());
}

/** A timeout is measured in parts of this many milliseconds. */
const longestPartMs = 100;

/** A timer that fires this many milliseconds late shows that this process itself has stood still. */
const lateMs = 50;

/**
 * Calls `onTimeout` when `ms` milliseconds have passed, unless the function that it returns is called before. Counts only
 * time in which this process could read: while requests keep its loop busy, an answer that came in time lies unread, and a
 * timer of the whole length would fire before it is read. So the time is measured in parts. A part counts no more than its
 * own length, however late its timer fires. When the last one was late, one more part follows. Timers fire before the loop
 * reads, so the timeout comes one turn later.
 *
 * Cost: while each turn of the loop takes `t` milliseconds, real silence is noticed after some `ms / 100` turns.
 */
export function startTimeout(ms: number, now: () => number, onTimeout: () => void): () => void {
  let leftMs = ms;
  let isExtended = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  function waitForPart(): void {
    const partMs = Math.min(leftMs, longestPartMs);
    const dueAt = now() + partMs;
    timer = setTimeout(() => endPart(partMs, now() > dueAt + lateMs), partMs);
  }
  function endPart(partMs: number, isLate: boolean): void {
    leftMs -= partMs;
    if (leftMs <= 0 && isLate && !isExtended) {
      isExtended = true;
      leftMs = longestPartMs;
    }
    if (leftMs > 0) waitForPart();
    else turn = setImmediate(onTimeout);
  }
  waitForPart();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
