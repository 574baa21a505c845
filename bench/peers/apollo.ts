/** Apollo Server with `RESTDataSource` and DataLoader, as their documents put them together. */

import { type CacheOptions, RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
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

/** One for each request: it shares equal calls of a request, and with a TTL keeps answers in the server's cache. */
class LedgerSource extends RESTDataSource {
  override readonly baseURL = `${settings.upstreamUrl}/`;

  private readonly pages = new DataLoader<PageQuestion, Page | undefined, string>(
    (questions) => Promise.all(questions.map((question) => this.fetchPage(question).catch(asError))),
    { cacheKeyFn: questionKey },
  );

  readonly loadPage = (question: PageQuestion) => this.pages.load(question);

  protected override cacheOptionsFor(): CacheOptions | undefined {
    return settings.cacheTtlSeconds === 0 ? undefined : { ttl: settings.cacheTtlSeconds };
  }

  private async fetchPage(question: PageQuestion): Promise<Page | undefined> {
    const request = {
      params: parametersOf(question),
      headers: { authorization: settings.authorization },
    };
    const answer = await this.get<Page | Refusal>(endpointPath, request).catch(readRefusal);
    if (!('errors' in answer)) return answer;
    const [{ code, message }] = answer.errors;
    if (code === noSuchCustomer) return undefined;
    throw upstreamError(message, code);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The refusal in an answer of another status than 200; any other failure is thrown again. */
const readRefusal = (error: unknown): Refusal => {
  const response = error instanceof GraphQLError ? error.extensions['response'] : undefined;
  const body =
    typeof response === 'object' && response !== null && 'body' in response ? response.body : undefined;
  if (typeof body === 'object' && body !== null && 'errors' in body) return body as Refusal;
  throw error;
};

const server = new ApolloServer<LedgerContext>({ typeDefs, resolvers });
await startStandaloneServer(server, {
  listen: { port: settings.port, host: '127.0.0.1' },
  context: async () => new LedgerSource({ cache: server.cache }),
});
