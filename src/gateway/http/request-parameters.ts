/**
 * From an HTTP request to the parameters of its operations (GraphQL over HTTP, section 5). Text is read as strict UTF-8:
 * an invalid byte would else become a replacement character, and the gateway would ask for another customer.
 */
import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';

/** The most operations of one HTTP request: as many as Apollo Client, the library that batches most, puts into one. */
export const largestBatch = 10;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of a POST: one operation, or a batch. A byte order mark is ignored (RFC 8259, section 8.1).
 * @throws {GraphQLError} BAD_REQUEST when it is no UTF-8, no JSON, or no operation.
 */
export async function readBody(
  request: Pick<Request, 'arrayBuffer'>,
): Promise<GraphQLParams | GraphQLParams[]> {
  const body = parseJson('The body', decodeBytes(await readBytes(request)));
  if (Array.isArray(body)) return readBatch(body);
  if (!isObject(body)) throw badRequest('The body takes an operation, which is a JSON object');
  return knownParameters(body);
}

/** The size limit fails the stream with an error of its own; any other means that the client stopped sending. */
async function readBytes(request: Pick<Request, 'arrayBuffer'>): Promise<ArrayBuffer> {
  try {
    return await request.arrayBuffer();
  } catch (error) {
    throw error instanceof GraphQLError ? error : badRequest('The body ended early');
  }
}

function decodeBytes(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('The body takes UTF-8, got other bytes');
  }
}

/** Yoga would answer a batch without members with an empty list, and no error that a client could see. */
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

/** What goes to Yoga. Nothing here uses `extensions`, which would take memory for as long as the request lasts. */
const usedNames = ['query', 'operationName', 'variables'] as const;

/**
 * Copies the known parameters into a new object, and ignores the rest (section 5.1). Yoga must never see the client's
 * object: it takes one with `status` and `headers` for a Response, and sends it.
 */
function knownParameters(given: Readonly<Record<string, unknown>>): GraphQLParams {
  const { extensions = null } = given;
  if (extensions !== null && !isObject(extensions)) throw badRequest('`extensions` takes a JSON object');
  return Object.fromEntries(usedNames.map((name) => [name, given[name]]));
}

/**
 * Reads the query component of a GET's URL. The first of equal names counts; an empty parameter counts as left out.
 * @throws {GraphQLError} BAD_REQUEST when a known parameter is no UTF-8, or takes JSON and is none.
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

/** As long as the longest name with every letter percent-encoded. No longer key is known. */
const longestKey = 3 * Math.max(...parameterNames.map(({ length }) => length));

/** The known parameters with their values as they stand in the URL, each once. Others cost one comparison. */
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

/** Undoes the percent-encoding. Only visible ASCII can stand in a URL (RFC 3986, section 2). */
function decodeText(text: string): string | undefined {
  if (/[^!-~]|%(?![\da-f]{2})/i.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function parseJson(subject: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${subject} takes JSON, got something else`);
  }
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A refusal of the HTTP request itself. Its status is the same in every media type; `headers` go with the answer. */
export function badRequest(
  message: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status, headers } } });
}
