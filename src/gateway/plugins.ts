/**
 * The steps of an HTTP request, in order, and where it can leave. What leaves at a step never reaches the later ones.
 *
 * 1. overload: there is more to do than the process can; 503
 * 2. request target: its host, its target or the framing of its body is unclear; 400, 421, 501
 * 3. route: probes, metrics and pages are served; 404 and 405 for everything else that is no operation
 * 4. well-formed: what is accepted, site, media type, headers that go upstream, body; 400, 403, 406, 413, 415
 * 5. document: too long, too deep, no GraphQL, or not of this schema
 * 6. size: variables that are too large, or too much to resolve
 * 7. execution: from here on upstream calls are made
 *
 * The first two stand before Yoga, in `gateway.ts`. The plugins below are the others. The first of them makes the request's
 * record; when an answer is made it gives errors their client form, and writes log line and metrics.
 */
import { createPages } from '../pages/pages.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { GatewayPlugin } from './http/request-record.ts';
import { type Endpoints, routePlugin } from './http/route-plugin.ts';
import { wellFormedPlugin } from './http/well-formed-plugin.ts';
import type { DocumentCache } from './operation/document-plugin.ts';
import { noIntrospectionPlugin } from './operation/introspection-plugin.ts';
import { logFault, type RequestPluginOptions, requestPlugin } from './operation/request-plugin.ts';
import { sizePlugin } from './operation/size-plugin.ts';
import type { GatewayConfig } from './wiring/upstream-access.ts';

/** What the plugins are made from, besides the settings. */
export type PluginParts = Pick<RequestPluginOptions, 'createRequestId' | 'startTrace' | 'now'> & {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly upstream: Pick<UpstreamClient, 'headersProblem'>;
  readonly operators: Endpoints;
  readonly documents: DocumentCache;
  readonly sandboxUrl: string | undefined;
};

/** Builds the plugins. */
export function pluginsOf(config: GatewayConfig, parts: PluginParts): GatewayPlugin[] {
  const { log, metrics, upstream, operators, documents, sandboxUrl } = parts;
  const { maxBodyBytes, receipts: hasReceipts } = config;
  return [
    requestPlugin({ ...parts, maxBodyBytes, hasReceipts, countRequest: metrics.countRequest }),
    routePlugin([operators, createPages(config, sandboxUrl)], ({ id }, fault) => logFault(log, id, fault)),
    wellFormedPlugin(upstream.headersProblem),
    documents.plugin,
    sizePlugin(config),
    ...(config.introspection ? [] : [noIntrospectionPlugin]),
  ];
}
