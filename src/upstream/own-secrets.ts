/** Keeps what a call was signed with out of what is read of its answer. Knows neither bodies nor what they mean. */

/** Headers that hold a secret. */
const secretHeaders = ['authorization', 'x-cap-api-oauth-token'];

/** Shorter than any credential in earnest: blotting out two letters wherever they stand would spoil what is read. */
const shortestSecret = 8;

/**
 * The text of an answer, without the credentials that its call was signed with: an upstream that quotes them in a refusal
 * or a warning, or a debugging proxy before it, must not hand the gateway's own to every caller. The plain credential is
 * looked for, with and without its scheme, and as JSON may spell its slashes.
 */
export function withoutSecrets(text: string, signed: Readonly<Record<string, string>>): string {
  const values = secretHeaders.flatMap((name) => signed[name] ?? []);
  const credentials = values.map((value) => value.replace(/^\S+\s+/, '')).filter(isLong);
  const spellings = new Set(credentials.flatMap((secret) => [secret, secret.replaceAll('/', '\\/')]));
  return [...spellings].reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}

function isLong(secret: string): boolean {
  return secret.length >= shortestSecret;
}
