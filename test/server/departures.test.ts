/** Clients that go: every request that they have sent is told, not only the one whose turn it is to be answered. */

import { once } from 'node:events';
import { expect, it } from 'vitest';
import { answersIn, get, open, startHeld } from './held-server.ts';

it('tells each of several requests sent in a row, once, and leaves a warning nowhere', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const { server, next } = await startHeld();
  const client = await open(server.port);
  client.socket.write(get.repeat(50));
  const exchanges = await Promise.all(Array.from({ length: 50 }, next));
  let told = 0;
  const closed = exchanges.map(({ response }) => {
    response.on('close', () => {
      told += 1;
    });
    return once(response, 'close');
  });
  client.socket.destroy();
  await Promise.all(closed);
  for (const { response } of exchanges) response.end('too late');
  await server.stop();
  expect(told).toBe(50);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('tells no request whose client is still there', async () => {
  const { server, next } = await startHeld();
  const client = await open(server.port);
  client.socket.write(get + get);
  const [first, second] = [await next(), await next()];
  let isTold = false;
  second.response.once('close', () => {
    isTold = true;
  });
  first.response.end();
  await expect.poll(() => answersIn(client.text)).toBe(1);
  expect(isTold).toBe(false);
  second.response.end();
  await expect.poll(() => answersIn(client.text)).toBe(2);
});
