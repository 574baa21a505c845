/** A client: it asks, judges the answer, pauses, and asks for the next page. Sometimes it leaves before the answer. */

import { type Agent, type IncomingMessage, request } from 'node:http';
import type { Seen } from './evidence.ts';
import { type Answer, type Judgement, judgeStep } from './judge.ts';
import { buildOperation, filters, type OperationBody, type Person, type Step, type Walk } from './people.ts';

/** What a visitor needs. */
export type Surroundings = {
  /** The people that only this visitor asks for. */
  readonly own: readonly Person[];
  /** The people that all visitors ask for. */
  readonly popular: readonly Person[];
  /** The URL of each replica. */
  readonly urls: readonly string[];
  readonly agent: Agent;
  readonly random: () => number;
  /** Milliseconds of the one clock. */
  readonly now: () => number;
  /** A new id for a request to this replica. */
  readonly createRequestId: (replica: number) => string;
  /** Resolves after a pause. */
  readonly think: (random: () => number) => Promise<void>;
  readonly isOver: () => boolean;
  readonly report: (visit: Visit) => void;
};

/** One operation and its outcome. */
export type Visit = {
  readonly seen: Seen;
  /** What the model says is wrong with the answer. */
  readonly wrongs: readonly string[];
  /** Errors beside or instead of its data. */
  readonly errors: number;
  /** The number of entries, and of lists that the walk has finished. */
  readonly entries: number;
  readonly finished: number;
  readonly status: number | 'left' | 'broken';
};

const mostSteps = 3;
const largestPage = 25;

/** Visits until the run is over. New walks replace finished ones. */
export async function visit(surroundings: Surroundings): Promise<void> {
  const { random, isOver, think, report } = surroundings;
  let walks: readonly Walk[] = [];
  while (!isOver()) {
    const wanted = 1 + Math.floor(random() ** 2 * mostSteps);
    while (walks.length < wanted) walks = [...walks, beginWalk(surroundings)];
    const steps = walks.map((walk) => ({ walk, size: 1 + Math.floor(random() * largestPage) }));
    const result = await ask(steps, surroundings);
    report(result.visit);
    walks = result.judgements.filter(({ isDone }) => !isDone).map(({ walk }) => walk);
    await think(random);
  }
}

function beginWalk({ own, popular, random }: Surroundings): Walk {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const person = pick(random() < 0.25 ? popular : own);
  const direction = random() < 0.6 ? 'forward' : 'backward';
  return { person, filter: pick(filters), direction, done: 0, cursor: null };
}

type Asked = { readonly visit: Visit; readonly judgements: readonly Judgement[] };

async function ask(steps: readonly Step[], surroundings: Surroundings): Promise<Asked> {
  const { urls, random, now, createRequestId } = surroundings;
  const replica = Math.floor(random() * urls.length);
  const requestId = createRequestId(replica);
  const leavesAfterMs = random() < 0.06 ? random() * 120 : undefined;
  const startedAt = now();
  const reply = await post(buildOperation(steps), {
    ...surroundings,
    url: urls[replica] ?? '',
    requestId,
    leavesAfterMs,
  });
  const endedAt = now();
  const judgements = judgeAll(steps, reply);
  const errors = reply.answer?.errors ?? [];
  return {
    judgements,
    visit: {
      status: reply.status,
      wrongs: [...judgements.flatMap(({ wrongs }) => wrongs), ...judgeReply(reply)],
      errors: errors.length,
      entries: judgements.reduce(
        (sum, { walk }, index) => sum + walk.done - (steps[index]?.walk.done ?? 0),
        0,
      ),
      finished: judgements.filter(({ isDone }) => isDone).length,
      seen: {
        requestId,
        replica,
        asked: steps.map(describeStep).join('; '),
        startedAt,
        endedAt,
        shareable: steps.flatMap(({ walk: { person } }) => (person.isPopular ? [person.mobile] : [])),
        codes: judgements.flatMap(({ codes }) => codes),
        retryAfters: errors.flatMap(({ extensions }) => extensions?.retryAfter ?? []),
        hasLeft: reply.status === 'left',
      },
    },
  };
}

function describeStep({ walk, size }: Step): string {
  const { person, filter, direction, done } = walk;
  return `${size} ${direction} after ${done} of ${filter} of ${person.mobile}${person.isVague ? ', vague' : ''}`;
}

/** The walks stay as they are if the visitor has left. */
function judgeAll(steps: readonly Step[], { answer }: Reply): readonly Judgement[] {
  if (answer === undefined) return steps.map(({ walk }) => ({ walk, isDone: false, codes: [], wrongs: [] }));
  return steps.map((step, index) => judgeStep(step, index, answer));
}

/** A visitor that stays must get status 200 and complete errors, whatever happens upstream. */
function judgeReply({ status, answer }: Reply): readonly string[] {
  if (status === 'left') return [];
  if (status !== 200) return [`answered with ${status}`];
  const vague = (answer?.errors ?? []).filter(
    ({ path, extensions }) =>
      !path || typeof extensions?.retryable !== 'boolean' || extensions.code === 'INTERNAL_SERVER_ERROR',
  );
  return vague.map(({ message, extensions }) => `an incomplete error: ${extensions?.code} ${message}`);
}

type Reply = { readonly status: Visit['status']; readonly answer?: Answer };

type Post = Pick<Surroundings, 'agent'> & {
  readonly url: string;
  readonly requestId: string;
  readonly leavesAfterMs: number | undefined;
};

/** Posts one operation. It leaves by closing the connection. */
function post(operation: OperationBody, { agent, url, requestId, leavesAfterMs }: Post): Promise<Reply> {
  const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', agent, headers });
    const leaving = leavesAfterMs === undefined ? undefined : setTimeout(() => leave(), leavesAfterMs);
    const settle = (reply: Reply) => {
      clearTimeout(leaving);
      resolve(reply);
    };
    const leave = () => {
      settle({ status: 'left' });
      call.destroy();
    };
    call.once('response', (response) => void readReply(response).then(settle));
    call.once('error', () => settle({ status: 'broken' }));
    call.end(JSON.stringify(operation));
  });
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  try {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    return { status: response.statusCode ?? 0, answer: JSON.parse(Buffer.concat(parts).toString('utf8')) };
  } catch {
    return { status: 'broken' };
  }
}
