/**
 * What is said about settings that have no effect here: those of later versions, and those that look like
 * slips of the pen.
 */

import { readNoProxy } from './no-proxy.ts';
import { type Environment, readSettings, type Source } from './reading.ts';
import { quoted } from './setting.ts';
import { settings } from './settings.ts';
import { refusedSettings } from './unserved.ts';

/** Problems about settings that this version does not serve. */
export const unservedProblems = (source: Source): readonly string[] =>
  [...readSettings(refusedSettings, source).given].map(
    (name) => `${name}: not served by this version; unset it.`,
  );

const usualModes = ['development', 'test', 'production'];

const isKnown = (name: string): boolean => {
  const setting = name.replace(/_FILE$/, '');
  return [settings, refusedSettings].some((table) => Object.hasOwn(table, setting));
};

/**
 * Warnings about likely slips: a NODE_ENV such as `prod`, which is not production, and a variable that
 * begins like ours, such as UPSTREAM_TIMEOUT. No more than warnings, because both can be meant for others:
 * Kubernetes sets UPSTREAM_SERVICE_HOST wherever a service is called `upstream`.
 */
export const slipWarnings = (env: Environment): readonly string[] => {
  const mode = env['NODE_ENV'];
  const unknown = Object.keys(env).filter((name) => name.startsWith('UPSTREAM_') && !isKnown(name));
  return [
    ...(mode && !usualModes.includes(mode)
      ? [`NODE_ENV is ${quoted(mode)}, which is not "production": the gateway stays lenient.`]
      : []),
    ...unknown.map((name) => `${name} is no setting of this gateway and has no effect.`),
  ];
};

/** Warnings about proxies that would not be used, or used against what NO_PROXY was meant to say. */
export const proxyWarnings = (env: Environment): readonly string[] => {
  const [all, http, https, noProxy] = ['ALL_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map(
    (name) => env[name.toLowerCase()] || env[name],
  );
  if (!http && !https) {
    return all ? ['ALL_PROXY has no effect: set HTTPS_PROXY or HTTP_PROXY if the upstream needs it.'] : [];
  }
  return readNoProxy(noProxy ?? '').unknown.map(
    (entry) => `NO_PROXY: ${quoted(entry)} is no host, address or block, and has no effect.`,
  );
};
