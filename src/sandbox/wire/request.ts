/** What the sandbox reads from an HTTP request: the query, and a body within a bound. */

import type { IncomingMessage } from 'node:http';

/** The query parameters of a call, decoded. Of a repeated parameter the first counts. */
export type Query = Readonly<Record<string, string>>;

/** Reads a query as a servlet does: `+` is a space, and the first of a repeated parameter counts. */
export function readQuery(rawQuery: string): Query {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQuery)) query[name] ??= value;
  return { ...query };
}

/** Every body that the sandbox takes is smaller. */
const maxBodyBytes = 65_536;

/** The JSON value of the body. `undefined` if the body is no JSON or larger than 64 KiB. Rejects if the client leaves. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether a JSON value is an object, so that its members can be read. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
