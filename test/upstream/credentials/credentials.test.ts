/** Which headers of a caller go upstream in each mode. */

import { describe, expect, it, vi } from 'vitest';
import { forwardedHeaders } from '../../../src/upstream/credentials/caller-headers.ts';
import {
  type Credentials,
  createBasicCredentials,
  forwardCredentials,
} from '../../../src/upstream/credentials/credentials.ts';

const everything = new Headers({
  Authorization: 'Basic dXNlcjpwYXNz',
  'X-CAP-API-OAUTH-TOKEN': 'token',
  'X-CAP-API-ATTRIBUTION-ENTITY-TYPE': 'TILL',
  'X-CAP-API-ATTRIBUTION-ENTITY-CODE': 'till-1',
  'X-CAP-API-ATTRIBUTION-TILL-CODE': 'till-2',
  'Accept-Language': 'de, en;q=0.5',
  Accept: 'text/html',
  Cookie: 'session=1',
  Host: 'gateway.test',
  'Content-Type': 'application/json',
  'Proxy-Authorization': 'Basic eDp5',
  'X-Forwarded-For': '10.0.0.1',
  'X-Request-Id': 'mine',
  'X-CAP-API-ATTRIBUTION': 'no name',
  'X-API-KEY': 'key',
});

describe('forward mode', () => {
  it('sends one credential, attribution and language on, and no other header', () => {
    expect(forwardedHeaders(everything)).toEqual({
      'x-cap-api-oauth-token': 'token',
      'x-cap-api-attribution-entity-type': 'TILL',
      'x-cap-api-attribution-entity-code': 'till-1',
      'x-cap-api-attribution-till-code': 'till-2',
      'accept-language': 'de, en;q=0.5',
    });
    expect(forwardCredentials.headersFor(everything, 0)).toEqual(forwardedHeaders(everything));
    expect(forwardCredentials.owner).toBe('caller');
  });

  it('reads the headers of a request once, however many calls it makes', () => {
    const headers = new Headers(everything);
    const keys = vi.spyOn(headers, 'keys');
    const scope = forwardCredentials.scopeOf(headers);
    for (let call = 0; call < 20; call += 1) {
      expect(forwardCredentials.headersFor(headers, 0)).toEqual(forwardedHeaders(everything));
      expect(forwardCredentials.budgetOf(headers)).toBe(forwardCredentials.budgetOf(everything));
    }
    expect([scope, keys.mock.calls.length]).toEqual([forwardCredentials.scopeOf(everything), 1]);
  });

  it('sends Authorization on where there is no token', () => {
    const authorization = 'Basic dXNlcjpwYXNz';
    expect(forwardedHeaders(new Headers({ authorization }))).toEqual({ authorization });
    const empty = new Headers({ authorization, 'x-cap-api-oauth-token': '' });
    expect(forwardedHeaders(empty)).toEqual({ authorization });
  });

  it('sends nothing of a caller without credentials', () => {
    expect(forwardedHeaders(new Headers({ cookie: 'session=1' }))).toEqual({});
    expect(forwardedHeaders(new Headers({ authorization: '' }))).toEqual({});
  });
});

/** Headers as Yoga's own implementation has them: in the order, case and number in which they were sent. */
const asSent = (...entries: [name: string, value: string][]) =>
  ({
    keys: () => entries.map(([name]) => name).values(),
    get: (wanted: string) =>
      entries
        .filter(([name]) => name.toLowerCase() === wanted)
        .map(([, value]) => value)
        .join(', ') || null,
  }) as unknown as Headers;

describe('headers that nobody has put in order', () => {
  const untidy = asSent(
    ['X-CAP-API-ATTRIBUTION-TILL-CODE', 'b'],
    ['Cookie', 'session=1'],
    ['Authorization', 'Basic YTpi'],
    ['x-cap-api-attribution-till-code', 'c'],
    ['Accept-Language', ''],
  );

  it('are lower-cased, combined and sorted before they go on', () => {
    expect(Object.entries(forwardedHeaders(untidy))).toEqual([
      ['accept-language', ''],
      ['authorization', 'Basic YTpi'],
      ['x-cap-api-attribution-till-code', 'b, c'],
    ]);
  });

  it('make the same scope as the same headers in order', () => {
    const tidy = new Headers({
      'accept-language': '',
      authorization: 'Basic YTpi',
      'x-cap-api-attribution-till-code': 'b, c',
    });
    expect(forwardCredentials.scopeOf(untidy)).toBe(forwardCredentials.scopeOf(tidy));
  });
});

describe('a scope', () => {
  const parts = {
    authorization: 'Basic YTpi',
    'x-cap-api-oauth-token': 'token',
    'x-cap-api-attribution-entity-type': 'TILL',
    'accept-language': 'de',
  };
  const scopesWithout = (credentials: Credentials) =>
    [[], ...Object.keys(parts).map((name) => [name])].map((dropped) => {
      const headers = new Headers(parts);
      for (const name of dropped) headers.delete(name);
      return credentials.scopeOf(headers);
    });

  it('in forward mode is another one for every part that differs', () => {
    const [whole, noBasic, ...others] = scopesWithout(forwardCredentials);
    expect(noBasic).toBe(whole); // Where there is a token, it alone goes upstream.
    const scopes = [whole, ...others];
    expect(new Set(scopes).size).toBe(scopes.length);
    const bearer = new Headers({ ...parts, authorization: 'Bearer token' });
    bearer.delete('x-cap-api-oauth-token');
    expect(scopes).not.toContain(forwardCredentials.scopeOf(bearer));
  });

  it("in service mode differs by the caller's language alone, and by the gateway's credentials", () => {
    const [whole, noBasic, noToken, noTill, noLanguage] = scopesWithout(createBasicCredentials('a', 'b'));
    expect([noBasic, noToken, noTill]).toEqual([whole, whole, whole]);
    expect(noLanguage).not.toBe(whole);
    expect(createBasicCredentials('a', 'c').scopeOf(new Headers(parts))).not.toBe(whole);
  });

  it('does not change with headers that do not go upstream', () => {
    const more = new Headers({ ...parts, cookie: 'session=1', 'x-request-id': '7' });
    expect(forwardCredentials.scopeOf(more)).toBe(forwardCredentials.scopeOf(new Headers(parts)));
  });

  it('contains nothing of the credentials', () => {
    expect(forwardCredentials.scopeOf(new Headers(parts))).toMatch(/^[\w-]{43}$/);
  });
});

describe('service mode with Basic', () => {
  it("sends the gateway's credentials and only the caller's language", () => {
    expect(createBasicCredentials('till', 'secret').headersFor(everything, 0)).toEqual({
      authorization: 'Basic dGlsbDpzZWNyZXQ=',
      'accept-language': 'de, en;q=0.5',
    });
  });

  it('says whose credentials they are', () => {
    expect(createBasicCredentials('till', 'secret').owner).toBe('gateway');
  });

  it('encodes user and password as UTF-8, colons in the password included', () => {
    const { authorization } = createBasicCredentials('käse', 'pä:ß😀').headersFor(new Headers(), 0) as {
      authorization: string;
    };
    expect(Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8')).toBe('käse:pä:ß😀');
  });

  it('sends no language when the caller has none', () => {
    expect(createBasicCredentials('a', 'b').headersFor(new Headers(), 0)).toEqual({
      authorization: 'Basic YTpi',
    });
  });
});
