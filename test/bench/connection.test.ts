/** The client of the benchmark, before servers that answer as they like. */

import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as NetServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bodyText, type Connection, openConnection } from '../../bench/connection.ts';
import { runLoad } from '../../bench/load.ts';

const connectTo = async (server: NetServer): Promise<Connection> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = await openConnection((server.address() as AddressInfo).port);
  onTestFinished(() => {
    connection.close();
    server.close();
  });
  return connection;
};

const request = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}';

it('reads an answer with a length, and the next one on the same connection', async () => {
  const { exchange } = await connectTo(createServer((_, response) => response.end('{"a":"é"}')));
  for (const answer of [await exchange(request), await exchange(request)]) {
    expect(answer.status).toBe(200);
    expect(bodyText(answer)).toBe('{"a":"é"}');
  }
});

it('puts chunks together', async () => {
  const server: Server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"a":');
    response.end('"b"}');
  });
  const { exchange } = await connectTo(server);
  expect(bodyText(await exchange(request))).toBe('{"a":"b"}');
});

it('waits for an answer that comes byte by byte', async () => {
  const bytes = Buffer.from('HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nlate');
  const server = createSocketServer((socket) => {
    socket.once('data', () => {
      const writeFrom = (at: number): void => {
        if (at < bytes.length)
          socket.write(bytes.subarray(at, at + 1), () => setImmediate(writeFrom, at + 1));
      };
      writeFrom(0);
    });
  });
  const answer = await (await connectTo(server)).exchange(request);
  expect({ status: answer.status, body: bodyText(answer) }).toEqual({ status: 503, body: 'late' });
});

it('counts a connection that ends without an answer as a failure, and goes on', async () => {
  const connection = await connectTo(
    createSocketServer((socket) => void socket.once('data', () => socket.destroy())),
  );
  const load = { port: 0, connections: 1, durationMs: 1000, nextBody: () => '{}' };
  expect(await runLoad([connection], load)).toMatchObject({ requests: 1, failures: 1 });
});

it('counts answers with errors as failures', async () => {
  const connection = await connectTo(createServer((_, response) => response.end('{"errors":[{}]}')));
  const load = { port: 0, connections: 1, durationMs: 20, nextBody: () => '{}' };
  const { requests, failures } = await runLoad([connection], load);
  expect(requests).toBeGreaterThan(0);
  expect(failures).toBe(requests);
});

it('sends no more requests than it may, over all connections', async () => {
  const server = createServer((_, response) => response.end('{}'));
  const first = await connectTo(server);
  const second = await openConnection((server.address() as AddressInfo).port);
  onTestFinished(() => second.close());
  const load = { port: 0, connections: 2, durationMs: 60_000, mostRequests: 7, nextBody: () => '{}' };
  expect(await runLoad([first, second], load)).toMatchObject({ requests: 7, failures: 0 });
});
