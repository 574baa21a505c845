/** Fastify and Mercurius with its just-in-time compiler, undici and DataLoader. */

import DataLoader from 'dataloader';
import Fastify from 'fastify';
import { LRUCache } from 'lru-cache';
import mercurius from 'mercurius';
import { Pool } from 'undici';
import {
  endpointPath,
  noSuchCustomer,
  type Page,
  type PageQuestion,
  parametersOf,
  questionKey,
  type Refusal,
  settings,
} from './endpoint.ts';
import { type LedgerContext, resolvers, typeDefs, upstreamError } from './ledger.ts';

const pool = new Pool(settings.upstreamUrl, { connections: 32, headersTimeout: 10_000, bodyTimeout: 10_000 });
const headers = { accept: 'application/json', authorization: settings.authorization };

async function fetchPage(question: PageQuestion): Promise<Page | undefined> {
  const path = `/${endpointPath}?${new URLSearchParams(parametersOf(question))}`;
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
  const answer = (await body.json()) as Page | Refusal;
  if (statusCode === 200 && !('errors' in answer)) return answer;
  if (!('errors' in answer)) throw upstreamError(`Expected status 200, got ${statusCode}`);
  const [{ code, message }] = answer.errors;
  if (code === noSuchCustomer) return undefined;
  throw upstreamError(message, code);
}

/** Answers for reuse, if there is a TTL. */
const cache =
  settings.cacheTtlSeconds === 0
    ? undefined
    : new LRUCache<string, Promise<Page | undefined>>({ max: 10_000, ttl: settings.cacheTtlSeconds * 1000 });

const loadPage = (question: PageQuestion): Promise<Page | undefined> => {
  if (cache === undefined) return fetchPage(question);
  const key = questionKey(question);
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const page = fetchPage(question);
  cache.set(key, page);
  page.catch(() => cache.delete(key));
  return page;
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** A loader for each request: equal calls of a request are one. */
const createContext = (): LedgerContext => {
  const pages = new DataLoader<PageQuestion, Page | undefined, string>(
    (questions) => Promise.all(questions.map((question) => loadPage(question).catch(asError))),
    { cacheKeyFn: questionKey },
  );
  return { loadPage: (question) => pages.load(question) };
};

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: resolvers as never,
  jit: 1,
  context: createContext,
});
await app.listen({ port: settings.port, host: '127.0.0.1' });
