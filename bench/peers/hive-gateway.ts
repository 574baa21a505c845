/** Hive Gateway over the endpoint's OpenAPI file: a field for each path, no code. */

import { defineConfig } from '@graphql-hive/gateway';
import { settings } from './endpoint.ts';

/**
 * Caches whole responses, which is what it has. Its just-in-time compiler stays off, as by default: it gained nothing
 * here, and it warns that it does not go together with the cache.
 */
export const gatewayConfig = defineConfig({
  logging: 'error',
  landingPage: false,
  transportEntries: {
    '*.rest': { location: settings.upstreamUrl, headers: [['authorization', settings.authorization]] },
  },
  ...(settings.cacheTtlSeconds === 0
    ? {}
    : { responseCaching: { session: () => null, ttl: settings.cacheTtlSeconds * 1000 } }),
});
