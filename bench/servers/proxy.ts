/**
 * The bare proxy, which every figure is a ratio to: reads the body, parses it as JSON, makes the calls with undici,
 * and sends on what came, unread. The least that Node can do between a client and the endpoint.
 *
 * Its settings are UPSTREAM_URL, UPSTREAM_AUTHORIZATION, PORT and CACHE_TTL_SECONDS. Variables: `values`, identifiers
 * of customers; `pages`, how many pages of the one customer.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'undici';

const { UPSTREAM_URL = '', UPSTREAM_AUTHORIZATION = '', PORT, CACHE_TTL_SECONDS = '0' } = process.env;
const ttlMs = Number(CACHE_TTL_SECONDS) * 1000;
const pool = new Pool(UPSTREAM_URL, { connections: 32 });
const headers = { accept: 'application/json', authorization: UPSTREAM_AUTHORIZATION };

const pathOf = (identifier: string, pageNumber: number): string =>
  `/v2/pointsLedger/getCustomerLedgerBalance?identifierName=mobile&identifierValue=${encodeURIComponent(identifier)}` +
  `&source=INSTORE&limit=10&offset=${pageNumber}`;

type CachedPage = { readonly page: Buffer; readonly expiresAt: number };
const cache = new Map<string, CachedPage>();
const mostCached = 10_000;

async function fetchPage(path: string): Promise<Buffer> {
  const { body } = await pool.request({ method: 'GET', path, headers });
  return Buffer.from(await body.arrayBuffer());
}

async function loadPage(path: string): Promise<Buffer> {
  if (ttlMs === 0) return fetchPage(path);
  const cached = cache.get(path);
  if (cached !== undefined && cached.expiresAt > performance.now()) return cached.page;
  const page = await fetchPage(path);
  if (cache.size >= mostCached) cache.delete(cache.keys().next().value ?? '');
  cache.set(path, { page, expiresAt: performance.now() + ttlMs });
  return page;
}

const send = (response: ServerResponse, body: Buffer): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
};

const joinPages = (pages: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('['),
    ...pages.flatMap((page) => [Buffer.from(','), page]).slice(1),
    Buffer.from(']'),
  ]);

/** One page without a cache is never gathered: it goes from socket to socket. */
async function streamPage(path: string, response: ServerResponse): Promise<void> {
  await pool.stream({ method: 'GET', path, headers, opaque: response }, ({ statusCode, headers: sent }) =>
    response.writeHead(statusCode, {
      'content-type': 'application/json',
      'content-length': Number(sent['content-length']),
    }),
  );
}

type Variables = { readonly values: readonly string[]; readonly pages: number };

async function answer(body: string, response: ServerResponse): Promise<void> {
  const { values, pages }: Variables = JSON.parse(body).variables;
  const paths = values.flatMap((value) =>
    Array.from({ length: pages }, (_, pageNumber) => pathOf(value, pageNumber)),
  );
  const [path = ''] = paths;
  if (paths.length > 1) send(response, joinPages(await Promise.all(paths.map(loadPage))));
  else if (ttlMs > 0) send(response, await loadPage(path));
  else await streamPage(path, response);
}

const readBody = (request: IncomingMessage, onBody: (body: string) => void): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => onBody(chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks))));
};

createServer((request, response) => {
  readBody(request, (body) => {
    answer(body, response).catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
}).listen(Number(PORT), '127.0.0.1', 1024);
