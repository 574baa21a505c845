/** A page is built once, and again only after it could not be built. */

import { expect, it } from 'vitest';
import { createPage } from '../../src/pages/page.ts';

it('a page that could not be built is built at the next request, and then never again', async () => {
  let loads = 0;
  const page = createPage(async () => {
    loads += 1;
    if (loads === 1) throw new Error('too many open files');
    return { mediaType: 'text/plain', text: `load ${loads}`, policy: "default-src 'none'" };
  });
  const read = async () => Buffer.from((await page(new Headers())).body ?? []).toString();
  await expect(read()).rejects.toThrow('too many open files');
  expect([await read(), await read()]).toEqual(['load 2', 'load 2']);
  expect(loads).toBe(2);
});
