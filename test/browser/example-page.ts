/** The built page of `examples/web` on an origin of its own, and its visitor. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';

const folder = new URL('../../examples/web/', import.meta.url);
const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The server of the page. `open` builds the page and returns its origin. It is closed after the tests of the file. */
export type ExamplePage = { readonly open: () => Promise<string>; readonly url: () => string };

/** Serves the page for the gateway at `gatewayUrl`, which may be known only when a browser asks for the page. */
export function servePage(gatewayUrl: () => string): ExamplePage {
  let server: Server | undefined;
  let origin = '';
  afterAll(() => void server?.close());
  return {
    url: () => origin,
    open: async () => {
      execFileSync('node_modules/.bin/vite', ['build', '--logLevel', 'error'], { cwd: folder });
      const opened = createServer((request, response) => {
        const path = request.url === '/' ? '/index.html' : String(request.url);
        const file = readFileSync(new URL(`dist${path}`, folder));
        response.setHeader('content-type', mediaTypes[extname(path)] ?? 'application/octet-stream');
        const content = /(?<=name="gateway" content=")[^"]*/;
        response.end(path === '/index.html' ? String(file).replace(content, gatewayUrl) : file);
      });
      server = opened;
      await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(opened.address() as AddressInfo).port}`;
      return origin;
    },
  };
}

/** Types an identifier and presses the button. */
export async function find(page: Page, kind: string, value: string): Promise<void> {
  await page.getByText(kind, { exact: true }).first().click();
  await page.getByRole('textbox').fill(value);
  await page.getByRole('button', { name: 'Find member' }).click();
}

/** The rows of all programmes: category and balance. */
export async function rows(page: Page): Promise<readonly (readonly string[])[]> {
  const texts = await page
    .locator('tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent ?? '')));
  return texts;
}

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', folder), 'utf8');

/** Fails if axe-core finds anything against accessibility in the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" ")))',
  )) as readonly string[];
  expect(found).toEqual([]);
}
