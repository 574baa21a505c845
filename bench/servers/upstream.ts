/**
 * The endpoint of the benchmark as a process: `node upstream.js <port>`. Every page is rendered before it listens, so
 * that an answer costs a look-up. `/control` tells the calls so far, and `/control?latencyMs=50` makes each later
 * answer wait.
 */

import { createServer, type ServerResponse } from 'node:http';
import { customerCount, customerOf, entryCount, maxLimit, writePage } from './pages.ts';

type Page = { readonly body: Buffer; readonly headers: Readonly<Record<string, string | number>> };

const renderPage = (customer: number, limit: number, pageNumber: number): Page => {
  const body = Buffer.from(writePage(customer, limit, pageNumber));
  return { body, headers: { 'content-type': 'application/json', 'content-length': body.length } };
};

const numbers = (length: number) => Array.from({ length }, (_, number) => number);

/** By customer, by limit less one, by page number; the page after the last one is empty. */
const pages = numbers(customerCount).map((customer) =>
  numbers(maxLimit).map((less) =>
    numbers(Math.ceil(entryCount / (less + 1)) + 1).map((pageNumber) =>
      renderPage(customer, less + 1, pageNumber),
    ),
  ),
);

/** Plain search: `URLSearchParams` would take a third of the upstream's time. The values need no decoding. */
const parameter = (url: string, name: string): string => {
  const start = url.indexOf(`${name}=`) + name.length + 1;
  const end = url.indexOf('&', start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
};

let calls = 0;
let latencyMs = 0;

const control = (url: string, response: ServerResponse): void => {
  if (url.includes('latencyMs=')) latencyMs = Number(parameter(url, 'latencyMs'));
  response.end(JSON.stringify({ calls }));
};

const sendPage = (url: string, response: ServerResponse): void => {
  const customer = customerOf(parameter(url, 'identifierValue'));
  const limit = Number(parameter(url, 'limit'));
  const page = pages[customer]?.[limit - 1]?.[Number(parameter(url, 'offset'))];
  if (page === undefined) response.writeHead(400).end('{"errors":[{"status":false,"code":8013}]}');
  else response.writeHead(200, page.headers).end(page.body);
};

const server = createServer((request, response) => {
  const { url = '' } = request;
  if (url.startsWith('/control')) return control(url, response);
  calls += 1;
  if (latencyMs === 0) sendPage(url, response);
  else setTimeout(() => sendPage(url, response), latencyMs);
});
// A pool must not lose connections while another server has its turn.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), '127.0.0.1', 1024);
