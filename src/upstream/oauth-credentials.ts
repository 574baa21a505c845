/** Service mode with a token of the token endpoint. Knows neither how a token is fetched nor when it is renewed. */

import { createHash } from 'node:crypto';
import { type Credentials, scopeOfHeaders } from './credentials.ts';
import { languageHeader, languageProblem } from './forwarded-headers.ts';
import type { TokenSource } from './token-source.ts';

const tokenHeader = 'x-cap-api-oauth-token';

/** Whose budget calls with this key spend, token calls included. */
export function budgetOfKey(key: string): string {
  return createHash('sha256').update(`oauth ${key}`).digest('base64url');
}

/**
 * The gateway's own credentials by key and token: of the caller's headers only the language remains. Answers may be
 * shared whichever token they were fetched with, so the scope and the credential's name come from the key.
 */
export function createOAuthCredentials(key: string, tokens: TokenSource): Credentials {
  const name = budgetOfKey(key);
  return {
    owner: 'gateway',
    scopeOf: (incoming) => scopeOfHeaders({ ...languageHeader(incoming), key: name }),
    budgetOf: () => name,
    headersProblem: languageProblem,
    headersFor(incoming, deadlineAt, startSpan) {
      const headersWith = (token: string) => ({ ...languageHeader(incoming), [tokenHeader]: token });
      const token = tokens.token(deadlineAt, startSpan);
      return token instanceof Promise ? token.then(headersWith) : headersWith(token);
    },
    renewal: { refused: (sent) => tokens.refused(sent[tokenHeader] ?? '') },
  };
}
