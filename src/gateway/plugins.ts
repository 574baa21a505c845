/**
 * The steps of an HTTP request, in order. Each step may answer or refuse the request, which then skips the later ones.
 *
 * 1. CORS: answers preflight requests of allowed origins, and lets their pages read every answer; 204
 * 2. overload: the process is overloaded; 503
 * 3. request target: its host, its target or the framing of its body is unclear; 400, 421, 501
 * 4. route: serves probes, metrics and pages; 404 and 405 for everything else that is not an operation
 * 5. well-formed: checks `Accept`, site, media type, headers that go upstream, body; 400, 403, 406, 413, 415
 * 6. document: too long, too deep, not GraphQL, or does not fit the schema
 * 7. size: the variables are too large, or there is too much to resolve
 * 8. execution: makes the upstream calls
 *
 * `gateway.ts` puts the first three steps before Yoga. The plugins below are the others, except the request plugin, which comes
 * first: it makes the request's record, and at the end gives errors their client form and writes log lines and metrics.
 */
import { createPages } from '../pages/pages.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { Cors } from './http/cors.ts';
import { type Endpoints, routePlugin } from './http/endpoints.ts';
import { type GatewayPlugin, logFault, type RequestWatch } from './http/request-record.ts';
import { wellFormedPlugin } from './http/well-formed-plugin.ts';
import type { DocumentCache } from './operation/document-plugin.ts';
import { noIntrospectionPlugin } from './operation/introspection-plugin.ts';
import { requestPlugin } from './operation/request-plugin.ts';
import { sizePlugin } from './operation/size-plugin.ts';
import type { GatewayConfig } from './wiring/upstream-access.ts';

/** What the plugins need besides the settings. */
export type PluginParts = RequestWatch & {
  readonly headersProblem: UpstreamClient['headersProblem'];
  readonly operators: Endpoints;
  readonly cors: Cors;
  readonly documents: Pick<DocumentCache<unknown>, 'plugin'>;
  readonly sandboxUrl: string | undefined;
};

/** Builds the plugins. */
export function pluginsOf(config: GatewayConfig, parts: PluginParts): GatewayPlugin[] {
  const { log, headersProblem, operators, cors, documents, sandboxUrl } = parts;
  const { maxBodyBytes, receipts: hasReceipts } = config;
  return [
    requestPlugin({ ...parts, maxBodyBytes, hasReceipts }),
    routePlugin([operators, createPages(config, sandboxUrl)], ({ id }, fault) => logFault(log, id, fault)),
    wellFormedPlugin(headersProblem, cors.allows),
    documents.plugin,
    sizePlugin(config),
    ...(config.introspection ? [] : [noIntrospectionPlugin]),
  ];
}
