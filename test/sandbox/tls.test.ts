/** The sandbox over TLS. */

import { get } from 'node:https';
import { expect, it } from 'vitest';
import { basic, start, urlOf } from './asking.ts';
import { makeCertificate } from './certificate.ts';

it('serves over TLS with the given certificate', async () => {
  const tls = makeCertificate();
  const sandbox = await start({ tls });
  expect(sandbox.url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    const options = { ca: tls.cert, headers: { authorization: basic }, agent: false } as const;
    get(urlOf(sandbox), options, (response) => resolve(response.resume().statusCode)).once('error', reject);
  });
  expect(status).toBe(200);
});
