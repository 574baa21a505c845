/**
 * What is said about settings that have no effect here: those of later versions, and those that look like
 * slips of the pen.
 */

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
