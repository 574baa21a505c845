/**
 * Settings that operators may know from the gateway's documentation but that this version does not serve
 * yet. Ignoring one on which safety rests would leave a door open that its owner thinks is shut.
 */

import { freeText, type Setting, secret } from './setting.ts';

const notYet = 'Not served by this version.';
const anything = { pattern: /^/, takes: 'any text', byDefault: undefined, meaning: notYet };

/** Safety rests on these: the gateway does not start when one is set. */
export const refusedSettings = {
  API_KEYS_FILE: freeText(anything),
  CORS_ORIGINS: freeText(anything),
  JWT_ALGORITHMS: freeText(anything),
  JWT_AUDIENCE: freeText(anything),
  JWT_ISSUER: freeText(anything),
  JWT_JWKS_URL: freeText(anything),
  JWT_SECRET: secret(anything),
  POLICY_FILE: freeText(anything),
  TRUSTED_DOCUMENTS: freeText(anything),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;
