/**
 * Reads the parameters of operations from an HTTP request (GraphQL over HTTP, section 5). Text must be valid UTF-8.
 * Otherwise an invalid byte would become a replacement character, and the gateway would ask for another customer.
 */
import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { attempt, GatewayError } from '../../errors.ts';

/** The most operations of one HTTP request. Apollo Client, the library that batches most, sends at most this many. */
export const largestBatch = 10;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of a POST: one operation, or a batch. A byte order mark is ignored (RFC 8259, section 8.1).
 * @throws {GraphQLError} BAD_REQUEST when the body is not UTF-8, not JSON, or not an operation.
 */
export async function readBody(
  request: Pick<Request, 'arrayBuffer'>,
): Promise<GraphQLParams | GraphQLParams[]> {
  const bytes = await readBytes(request);
  const text = attempt(() => utf8.decode(bytes));
  if (text instanceof Error) throw badRequest('The body takes UTF-8, got other bytes');
  const body = parseJson('The body', text);
  if (Array.isArray(body)) return readBatch(body);
  if (!isObject(body)) throw badRequest('The body takes an operation, which is a JSON object');
  return knownParameters(body);
}

/** Reads all bytes. A GraphQLError comes from Yoga's size limit; any other error means that the client stopped sending. */
async function readBytes(request: Pick<Request, 'arrayBuffer'>): Promise<ArrayBuffer> {
  try {
    return await request.arrayBuffer();
  } catch (error) {
    throw error instanceof GraphQLError ? error : badRequest('The body ended early');
  }
}

/** Reads the members of a batch. Yoga would answer an empty batch with an empty list instead of an error. */
function readBatch(members: readonly unknown[]): GraphQLParams[] {
  const { length } = members;
  if (length === 0) throw badRequest('A batch takes at least one operation, got none');
  if (length > largestBatch) {
    const message = `A batch takes up to ${largestBatch} operations, got ${length}`;
    throw new GatewayError('OPERATION_LIMITED', message, { limit: largestBatch });
  }
  return members.map((member) => {
    if (!isObject(member)) throw badRequest('A batch takes operations, got something else');
    return knownParameters(member);
  });
}

const parameterNames = ['query', 'operationName', 'variables', 'extensions'] as const;

/** The parameters that go to Yoga. Nothing uses `extensions`, which would take memory for as long as the request lasts. */
const usedNames = ['query', 'operationName', 'variables'] as const;

/**
 * Copies the known parameters into a new object, and ignores the rest (section 5.1). Yoga must never see the client's
 * object: if it has `status` and `headers`, Yoga takes it for a Response and sends it.
 */
export function knownParameters(given: JsonObject): GraphQLParams {
  const { extensions = null } = given;
  if (extensions !== null && !isObject(extensions)) throw badRequest('`extensions` takes a JSON object');
  return Object.fromEntries(usedNames.map((name) => [name, given[name]]));
}

/**
 * Reads the query component of a GET's URL. The first of equal names counts; an empty parameter counts as left out.
 * @throws {GraphQLError} BAD_REQUEST when a known parameter is not UTF-8, or must be JSON and is not.
 */
export function readUrl(url: string): GraphQLParams {
  const given: Record<string, unknown> = {};
  for (const [name, encoded] of knownPairs(url)) {
    const text = decodeText(encoded);
    if (text === undefined) throw badRequest(`\`${name}\` takes percent-encoded UTF-8, got something else`);
    if (text === '') continue;
    const takesJson = name === 'variables' || name === 'extensions';
    given[name] = takesJson ? parseJson(`\`${name}\``, text) : text;
  }
  return knownParameters(given);
}

/** The length of the longest name with every letter percent-encoded. A longer key is skipped without decoding it. */
const longestKey = 3 * Math.max(...parameterNames.map(({ length }) => length));

/** Returns the known parameters with their values, still percent-encoded. Of equal names the first one counts. */
function knownPairs(url: string): Map<string, string> {
  const known = new Map<string, string>();
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
  for (const pair of query.split('&')) {
    const end = pair.indexOf('=') < 0 ? pair.length : pair.indexOf('=');
    if (end > longestKey) continue;
    const name = decodeText(pair.slice(0, end));
    const isKnown = parameterNames.some((each) => each === name);
    if (name !== undefined && isKnown && !known.has(name)) known.set(name, pair.slice(end + 1));
  }
  return known;
}

/**
 * Decodes percent-encoded UTF-8; undefined for anything else. Only visible ASCII can stand in a URL (RFC 3986, section 2).
 */
function decodeText(text: string): string | undefined {
  if (/[^!-~]|%(?![\da-f]{2})/i.test(text)) return undefined;
  const decoded = attempt(() => decodeURIComponent(text.replaceAll('+', ' ')));
  return decoded instanceof Error ? undefined : decoded;
}

function parseJson(subject: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${subject} takes JSON, got something else`);
  }
}

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Builds the error that refuses the HTTP request itself. Its status is the same in every media type, and the answer gets
 * `headers`.
 */
export const badRequest = (
  message: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status, headers } } });
