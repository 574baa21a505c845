/** Problems and warnings about variables that would have no effect: settings of later versions, and likely mistakes. */

import { readNoProxy } from './no-proxy.ts';
import { type Environment, problemOf, type Reading } from './reading.ts';
import { quoted, type Setting } from './setting.ts';
import { settings } from './settings.ts';

/**
 * Settings that the documentation describes but this version does not support yet. Each one protects data. If one had no
 * effect, the gateway would be open while its operator thinks it is not. So it does not start if one is set.
 */
export const refusedSettings = [
  'API_KEYS_FILE',
  'JWT_ALGORITHMS',
  'JWT_AUDIENCE',
  'JWT_ISSUER',
  'JWT_JWKS_URL',
  'JWT_SECRET',
  'POLICY_FILE',
  'TRUSTED_DOCUMENTS',
] as const;

/** Problems about settings that this version does not support, and about files for settings that are no secrets. */
export const unservedProblems = (env: Environment): readonly string[] => [
  ...refusedSettings
    .filter((name) => env[name] || env[`${name}_FILE`])
    .map((name) => `${name}: not served by this version; unset it.`),
  ...Object.entries<Setting<unknown>>(settings)
    // Of other names, such as HOST_FILE, other programs may make use.
    .filter(([name, { secret }]) => name.startsWith('UPSTREAM_') && !secret && env[`${name}_FILE`])
    .map(([name]) =>
      problemOf(`${name}_FILE`, 'a file', `the value itself, as ${name}: only secrets can be files`),
    ),
];

/**
 * Warnings about likely mistakes: a NODE_ENV such as `prod`, which is not production, and an unknown variable that
 * begins with UPSTREAM_, such as UPSTREAM_TIMEOUT. They do not stop the start, because such variables may have another
 * purpose: Kubernetes sets UPSTREAM_SERVICE_HOST if a service is called `upstream`.
 */
export function mistakeWarnings(env: Environment): readonly string[] {
  const mode = env['NODE_ENV'];
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('UPSTREAM_') && !Object.hasOwn(settings, name.replace(/_FILE$/, '')),
  );
  return [
    ...(mode && !['development', 'test', 'production'].includes(mode)
      ? [`NODE_ENV is ${quoted(mode)}, which is not "production": the gateway stays lenient.`]
      : []),
    ...unknown.map((name) => `${name} is no setting of this gateway and has no effect.`),
  ];
}

/** Warnings about values that are right on their own and make no sense together. */
export function pairWarnings({ values, given }: Reading<typeof settings>): readonly string[] {
  const { UPSTREAM_TIMEOUT_MS, OPERATION_TIMEOUT_MS, ID_SECRET, ID_SECRET_PREVIOUS } = values;
  return [
    ...(given.has('UPSTREAM_TIMEOUT_MS') && UPSTREAM_TIMEOUT_MS > OPERATION_TIMEOUT_MS
      ? ['UPSTREAM_TIMEOUT_MS has no effect: OPERATION_TIMEOUT_MS is less and ends every call before.']
      : []),
    ...(ID_SECRET !== undefined && ID_SECRET === ID_SECRET_PREVIOUS
      ? ['ID_SECRET_PREVIOUS has no effect: it is the same as ID_SECRET.']
      : []),
  ];
}

/** Warnings about a proxy that is not used, and about entries of NO_PROXY that have no known form. */
export function proxyWarnings(env: Environment): readonly string[] {
  const [all, http, https, noProxy] = ['ALL_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map(
    (name) => env[name.toLowerCase()] || env[name],
  );
  if (!http && !https) {
    return all ? ['ALL_PROXY has no effect: set HTTPS_PROXY or HTTP_PROXY if the upstream needs it.'] : [];
  }
  return readNoProxy(noProxy ?? '').unknown.map(
    (entry) => `NO_PROXY: ${quoted(entry)} is no host, address or block, and has no effect.`,
  );
}
