/**
 * The stages of an HTTP request, in order. Each may answer it, and then the later ones never see it:
 *
 * 1. front door: no valid host or target; 400
 * 2. operators' endpoints, pages, and 404 for every other path but the one of operations
 * 3. well-formed: method, media types, body; names of variables; headers that go upstream
 * 4. document: too long, too deep, no GraphQL, or not of this schema
 * 5. size: too much to resolve
 * 6. operation: it is executed, and its errors, its log line and its metrics are made
 */
import type { Plugin } from 'graphql-yoga';
import { pagesOf } from '../pages/gateway-pages.ts';
import { pagesPlugin } from '../pages/pages-plugin.ts';
import { describeFault } from '../telemetry/fault-line.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { Exchange } from './http/exchange.ts';
import { forwardedHeadersPlugin } from './http/forwarded-headers-plugin.ts';
import type { FrontDoor } from './http/front-door.ts';
import { type OperatorSources, operatorPaths, operatorPlugin } from './http/operator-endpoints.ts';
import { routePlugin } from './http/route-plugin.ts';
import { variableNamesPlugin } from './http/variable-names-plugin.ts';
import { wellFormedPlugin } from './http/well-formed-plugin.ts';
import { createDocumentCache } from './operation/document-plugin.ts';
import { noIntrospectionPlugin } from './operation/introspection-plugin.ts';
import { operationPlugin } from './operation/operation-plugin.ts';
import { operationTypesRule } from './operation/operation-types-rule.ts';
import { sizePlugin } from './operation/size-plugin.ts';
import { unfailing } from './operation/unfailing-plugin.ts';
import type { GatewayConfig } from './wiring/gateway-config.ts';

/** What the plugins are made from, besides the settings. */
export type PluginParts = {
  readonly frontDoor: FrontDoor;
  readonly operators: OperatorSources;
  readonly upstream: UpstreamClient;
  readonly metrics: Metrics;
  readonly exchangeOf: (request: Request) => Exchange;
};

/** Builds the plugins. */
export function pluginsOf(
  config: GatewayConfig,
  { log, sandboxUrl }: { readonly log: Log; readonly sandboxUrl?: string | undefined },
  { frontDoor, operators, upstream, metrics, exchangeOf }: PluginParts,
): Plugin[] {
  const documents = createDocumentCache(config);
  metrics.watchDocuments(documents.bytes);
  const onFault = (request: Request, fault: unknown) =>
    log.error({ requestId: exchangeOf(request).requestId, ...describeFault(fault) }, 'fault');
  return [
    frontDoor.plugin,
    ...pathPlugins(config, operators, sandboxUrl),
    wellFormedPlugin,
    variableNamesPlugin,
    forwardedHeadersPlugin(upstream.headersProblem),
    documents.plugin,
    sizePlugin(config),
    operationPlugin({
      exchangeOf,
      maxBodyBytes: config.maxBodyBytes,
      hasReceipts: config.receipts,
      log,
      countRequest: metrics.countRequest,
    }),
    operationTypesPlugin,
    ...(config.introspection ? [] : [noIntrospectionPlugin]),
  ].map((plugin) => unfailing(plugin, onFault));
}

/** Everything that is served beside operations, and the end of what is served nowhere. */
function pathPlugins(
  config: GatewayConfig,
  operators: OperatorSources,
  sandboxUrl: string | undefined,
): Plugin[] {
  const hasAdminPort = config.adminPort !== undefined;
  const pages = pagesOf(config, sandboxUrl);
  return [
    operatorPlugin(operators, hasAdminPort),
    pagesPlugin(pages),
    routePlugin([...operatorPaths(hasAdminPort), ...pages.paths]),
  ];
}

const operationTypesPlugin: Plugin = {
  onValidate: ({ addValidationRule }) => addValidationRule(operationTypesRule),
};
