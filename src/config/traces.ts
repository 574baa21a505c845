/**
 * Whether requests are traced, by OpenTelemetry's own variables ("Environment Variable Specification"). Once the libraries
 * are loaded, they read the other variables themselves.
 */

import type { Environment } from './reading.ts';
import { quoted } from './setting.ts';

/** The host of the collector that spans go to, `undefined` if nothing is traced, and warnings for the start. */
type TracesDecision = { readonly tracesTo: string | undefined; readonly warnings: readonly string[] };

/** The first of some variables that is set, with its name. */
type Found = { readonly name: string; readonly text: string } | undefined;

const usualEndpoint = 'http://localhost:4318';

/**
 * On if an endpoint or the exporter `otlp` is set, and no variable switches traces off. A value that makes no sense switches
 * them off with a warning and does not stop the start: such variables are often set for a whole fleet.
 */
export function decideTraces(env: Environment): TracesDecision {
  const exporter = firstOf(env, ['OTEL_TRACES_EXPORTER']);
  const endpoint = firstOf(env, ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']);
  if (isOff(env, exporter, endpoint)) return off();
  if (exporter !== undefined && !listed(exporter.text).includes('otlp'))
    return off(`${exporter.name} is ${quoted(exporter.text)}, and only "otlp" is served: nothing is traced.`);
  const host = hostOf(endpoint?.text ?? usualEndpoint);
  if (host === undefined) return off(`${endpoint?.name} is no http: or https: URL: nothing is traced.`);
  return { tracesTo: host, warnings: protocolWarnings(env) };
}

function isOff(env: Environment, exporter: Found, endpoint: Found): boolean {
  if (firstOf(env, ['OTEL_SDK_DISABLED'])?.text.toLowerCase() === 'true') return true;
  return exporter === undefined ? endpoint === undefined : listed(exporter.text).includes('none');
}

function off(...warnings: readonly string[]): TracesDecision {
  return { tracesTo: undefined, warnings };
}

function protocolWarnings(env: Environment): readonly string[] {
  const found = firstOf(env, ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']);
  if (found === undefined || found.text === 'http/protobuf') return [];
  return [`${found.name} is ${quoted(found.text)}; spans are sent as http/protobuf.`];
}

/** An empty variable counts as unset, by the specification. */
function firstOf(env: Environment, names: readonly string[]): Found {
  return names.map((name) => ({ name, text: env[name]?.trim() ?? '' })).find(({ text }) => text !== '');
}

function listed(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}

/** The host alone, without a user and a password. */
function hostOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.host : undefined;
}
