/** Keeps what a call was signed with out of what is told of its answer. Knows neither bodies nor what they mean. */

/** Headers that hold a secret. */
const secretHeaders = ['authorization', 'x-cap-api-oauth-token'];

/** Shorter than any credential in earnest: blotting out a word of the language would spoil what is told. */
const shortestSecret = 8;

/**
 * Blots out, in the upstream's own words that are told to others, the credentials that its call was signed with: an
 * upstream that quotes them in a refusal or a warning, or a debugging proxy before it, must not hand the gateway's own to
 * every caller. The plain credential is looked for, with and without its scheme. Never applied to what is parsed or
 * counted: a caller who chooses its credential could else change what an answer says.
 */
export function withoutSecrets(text: string, signed: Readonly<Record<string, string>>): string {
  const values = secretHeaders.flatMap((name) => signed[name] ?? []);
  const secrets = values.map((value) => value.replace(/^\S+\s+/, '')).filter(isLong);
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}

function isLong(secret: string): boolean {
  return secret.length >= shortestSecret;
}
