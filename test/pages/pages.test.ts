/** The pages over HTTP: what is served to which client, with which headers, compressed and cached by the browser. */

import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { startHarness } from '../gateway/harness.ts';

type Headers = Readonly<Record<string, string>>;
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** A gateway that has made no upstream call. */
async function start(env: Headers = {}, sandboxUrl?: string) {
  const { gateway, sandbox } = await startHarness({}, env, { sandboxUrl });
  const get = (path: string, headers: Headers = {}, method = 'GET') =>
    gateway.fetch(new Request(`http://gateway.test${path}`, { method, headers }));
  return { get, callCount: sandbox.callCount };
}

const explorerFiles = [
  '/graphql/graphiql.js',
  '/graphql/start.js',
  '/graphql/graphiql.css',
  '/graphql/editor-worker.js',
  '/graphql/json-worker.js',
  '/graphql/graphql-worker.js',
];

describe('every page', () => {
  it.each(['/', '/graphql', '/schema.graphql', '/favicon.svg', ...explorerFiles])(
    'has a strict policy, and is not sent again to a client that has it (%s)',
    async (path) => {
      const { get, callCount } = await start();
      const first = await get(path, { ...browser, 'accept-encoding': 'gzip, br' });
      expect(first.status).toBe(200);
      expect(first.headers.get('content-encoding')).toBe('br');
      expect(first.headers.get('x-content-type-options')).toBe('nosniff');
      expect(first.headers.get('referrer-policy')).toBe('no-referrer');
      expect(first.headers.get('vary')).toContain('Accept-Encoding');
      expect(first.headers.get('cache-control')).toBe('no-cache');
      const policy = first.headers.get('content-security-policy') ?? '';
      for (const directive of ['default-src', 'base-uri', 'form-action', 'frame-ancestors', 'object-src']) {
        expect(policy).toContain(`${directive} 'none'`);
      }
      expect(policy.replace(/style-src [^;]*/, '')).not.toContain('unsafe');
      expect(policy).not.toMatch(/https?:|\*/);
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[\w-]+"$/);
      const again = await get(path, {
        ...browser,
        'accept-encoding': 'br',
        'if-none-match': `W/"x", ${tag}`,
      });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      expect(callCount()).toBe(0);
    },
  );

  it('has the same text in every coding, and a tag for each', async () => {
    const { get, callCount } = await start();
    const texts: string[] = [];
    const tags = new Set<string | null>();
    for (const coding of ['br', 'gzip', 'identity']) {
      const answer = await get('/graphql', { ...browser, 'accept-encoding': coding });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding] ?? ((plain: Buffer) => plain);
      texts.push(decode(bytes).toString('utf8'));
      tags.add(answer.headers.get('etag'));
    }
    expect(new Set(texts).size).toBe(1);
    expect(tags.size).toBe(3);
    expect(callCount()).toBe(0);
  });

  it('answers HEAD with its headers alone', async () => {
    const { get, callCount } = await start();
    const answer = await get('/graphql', browser, 'HEAD');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(callCount()).toBe(0);
  });
});

describe('GraphiQL', () => {
  it('has less than 2.6 MB in all when compressed, not 9', async () => {
    const { get, callCount } = await start();
    const sizes = explorerFiles.map(async (path) => {
      const answer = await get(path, { 'accept-encoding': 'br' });
      return (await answer.arrayBuffer()).byteLength;
    });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(2_600_000);
    expect(callCount()).toBe(0);
  });

  it('loads nothing from elsewhere, and has no script inside', async () => {
    const { get, callCount } = await start();
    const html = await (await get('/graphql', browser)).text();
    expect(html.replace(/<script id="options"[^>]*>.*?<\/script>/s, '')).not.toMatch(/https?:|<script>/);
    expect([...html.matchAll(/<script(?![^>]*(src=|application\/json))/g)]).toEqual([]);
    expect(callCount()).toBe(0);
  });

  it('is not shown to machines', async () => {
    const { get, callCount } = await start();
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
      const answer = await get('/graphql?query={__typename}', { accept });
      expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    }
    expect(callCount()).toBe(0);
  });

  it.each([{ GRAPHIQL: 'false' }, { NODE_ENV: 'production' }])(
    'is off with all its files (%j)',
    async (env) => {
      const { get, callCount } = await start(env);
      for (const path of explorerFiles) expect((await get(path)).status).toBe(404);
      const answer = await get('/graphql', browser);
      expect(answer.headers.get('content-type')).toContain('json');
      expect(await (await get('/', browser)).text()).not.toContain('GraphiQL');
      expect(callCount()).toBe(0);
    },
  );

  it('is on in production if it is set', async () => {
    const { get, callCount } = await start({ NODE_ENV: 'production', GRAPHIQL: 'true' });
    expect((await get('/graphql', browser)).headers.get('content-type')).toContain('text/html');
    expect(callCount()).toBe(0);
  });
});

describe('the landing page', () => {
  it('is a page for people and JSON for machines', async () => {
    const { get, callCount } = await start({}, 'http://127.0.0.1:4010');
    const page = await get('/', browser);
    expect([page.headers.get('content-type'), page.headers.get('vary')]).toEqual([
      'text/html; charset=utf-8',
      'Accept, Accept-Encoding, Origin',
    ]);
    const html = await page.text();
    expect(html).not.toContain('<script');
    expect(html).toContain('href="sandbox"');
    expect(await (await get('/')).json()).toEqual({
      name: 'Ledger balances in GraphQL',
      endpoints: {
        graphql: '/graphql',
        graphiql: '/graphql',
        schema: '/schema.graphql',
        sandbox: '/sandbox',
        alive: '/livez',
        ready: '/readyz',
      },
      documents: ['/README.md', '/docs/clients.md', '/docs/errors.md', '/docs/sandbox.md'],
    });
    expect(callCount()).toBe(0);
  });

  it('links the documents that a newcomer needs, as they are in the repository', async () => {
    const { get, callCount } = await start({}, 'http://127.0.0.1:4010');
    const html = await (await get('/', browser)).text();
    for (const path of ['README.md', 'docs/clients.md', 'docs/errors.md', 'docs/sandbox.md']) {
      expect(html).toContain(`href="${path}"`);
      const answer = await get(`/${path}`, browser);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(await answer.text()).toBe(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
    }
    expect(callCount()).toBe(0);
  });

  it('links no guide to a sandbox that is not there, and no document that shows a hidden schema', async () => {
    const { get, callCount } = await start();
    expect((await (await get('/')).json()).documents).toEqual([
      '/README.md',
      '/docs/clients.md',
      '/docs/errors.md',
    ]);
    expect((await get('/docs/sandbox.md')).status).toBe(404);
    const hidden = await start({ INTROSPECTION: 'false' });
    expect((await hidden.get('/docs/clients.md')).status).toBe(404);
    expect([callCount(), hidden.callCount()]).toEqual([0, 0]);
  });

  it('has no link to a sandbox that the reader cannot reach, though it still answers', async () => {
    const { get, callCount } = await start({ HOST: '0.0.0.0' }, 'http://127.0.0.1:4010');
    const html = await (await get('/', browser)).text();
    expect(html).toContain('The built-in sandbox answers');
    expect(html).not.toContain('href="sandbox"');
    expect((await (await get('/')).json()).endpoints).not.toHaveProperty('sandbox');
    expect((await get('/sandbox')).status).toBe(404);
    expect(callCount()).toBe(0);
  });

  it.each([
    ['127.0.0.1:4000', 'http://127.0.0.1:4010/_sandbox'],
    ['localhost:4000', 'http://127.0.0.1:4010/_sandbox'],
    ['build-7.example', 'http://build-7.example:4010/_sandbox'],
    ['[2001:db8::7]:80', 'http://[2001:db8::7]:4010/_sandbox'],
    ['', 'http://127.0.0.1:4010/_sandbox'],
  ])('leads a reader at %j to the control page on the same host', async (host, location) => {
    const { get, callCount } = await start(
      { HOST: '0.0.0.0', SANDBOX_HOST: '0.0.0.0' },
      'http://127.0.0.1:4010',
    );
    const answer = await get('/sandbox', { ...browser, host });
    expect([answer.status, answer.headers.get('location')]).toEqual([307, location]);
    expect(callCount()).toBe(0);
  });

  it('has no link to what is off, and names no upstream', async () => {
    const { get, callCount } = await start({ NODE_ENV: 'production' });
    expect(await (await get('/')).json()).toEqual({
      name: 'Ledger balances in GraphQL',
      endpoints: { graphql: '/graphql', alive: '/livez', ready: '/readyz' },
      documents: [],
    });
    const html = await (await get('/', browser)).text();
    expect(html).not.toMatch(/sandbox|schema\.graphql|127\.0\.0\.1|447700900001/i);
    expect(callCount()).toBe(0);
  });

  it('asks for credentials where callers send their own', async () => {
    const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: 'false' };
    const { get, callCount } = await start(forward);
    expect(await (await get('/', browser)).text()).toMatch(/your own credentials.*authorization: Basic/s);
    expect(await (await get('/graphql', browser)).text()).toContain('Authorization');
    expect(callCount()).toBe(0);
  });
});

describe('the schema', () => {
  it('is the committed one', async () => {
    const { get, callCount } = await start();
    const answer = await get('/schema.graphql', browser);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const inOneForm = (text: string) => printSchema(lexicographicSortSchema(buildSchema(text)));
    expect(inOneForm(await answer.text())).toBe(inOneForm(committed));
    expect(callCount()).toBe(0);
  });

  it('is not served where introspection is off', async () => {
    const { get, callCount } = await start({ INTROSPECTION: 'false' });
    expect((await get('/schema.graphql')).status).toBe(404);
    expect(callCount()).toBe(0);
  });
});
