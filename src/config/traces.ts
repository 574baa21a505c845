/**
 * Decides whether requests are traced, from OpenTelemetry's variables ("Environment Variable Specification"). Its libraries
 * read all other variables themselves, and are loaded only if requests are traced.
 */

import type { Environment } from './reading.ts';
import { quoted } from './setting.ts';

/** The decision. `tracesTo`: the host of the collector; `undefined` if nothing is traced. */
type TracesDecision = { readonly tracesTo: string | undefined; readonly warnings: readonly string[] };

const usualEndpoint = 'http://localhost:4318';

/**
 * Traces are on if an endpoint or the exporter `otlp` is set, and no variable turns them off. A wrong value turns them
 * off with a warning, but does not stop the start, because such variables are often set for a whole fleet.
 */
export function decideTraces(env: Environment): TracesDecision {
  const isDisabled = firstOf(env, 'OTEL_SDK_DISABLED')?.text.toLowerCase() === 'true';
  const endpoint = firstOf(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const exporter = firstOf(env, 'OTEL_TRACES_EXPORTER')?.text ?? (endpoint ? 'otlp' : 'none');
  const exporters = exporter.split(',').map((word) => word.trim());
  const off = (...warnings: string[]) => ({ tracesTo: undefined, warnings });
  if (isDisabled || exporters.includes('none')) return off();
  if (!exporters.includes('otlp'))
    return off(`OTEL_TRACES_EXPORTER is ${quoted(exporter)}, and only "otlp" is served: nothing is traced.`);
  const tracesTo = hostOf(endpoint?.text ?? usualEndpoint);
  if (tracesTo === undefined) return off(`${endpoint?.name} is no http: or https: URL: nothing is traced.`);
  return { tracesTo, warnings: protocolWarnings(env) };
}

function protocolWarnings(env: Environment): readonly string[] {
  const found = firstOf(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (found === undefined || found.text === 'http/protobuf') return [];
  return [`${found.name} is ${quoted(found.text)}; spans are sent as http/protobuf.`];
}

/** The first of these variables that is set. An empty one counts as unset, as the specification says. */
const firstOf = (env: Environment, ...names: readonly string[]) =>
  names.map((name) => ({ name, text: env[name]?.trim() ?? '' })).find(({ text }) => text !== '');

/** The host of an http: or https: URL, without user and password; undefined for any other text. */
function hostOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.host : undefined;
}
