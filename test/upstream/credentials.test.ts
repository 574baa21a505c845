/** Which headers of a caller go upstream in each mode. */

import { describe, expect, it } from 'vitest';
import {
  createBasicCredentials,
  forwardCredentials,
  forwardedHeaders,
} from '../../src/upstream/credentials.ts';

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
  it('sends credentials, attribution and language on, and no other header', () => {
    expect(forwardedHeaders(everything)).toEqual({
      authorization: 'Basic dXNlcjpwYXNz',
      'x-cap-api-oauth-token': 'token',
      'x-cap-api-attribution-entity-type': 'TILL',
      'x-cap-api-attribution-entity-code': 'till-1',
      'x-cap-api-attribution-till-code': 'till-2',
      'accept-language': 'de, en;q=0.5',
    });
    expect(forwardCredentials.headersFor(everything)).toEqual(forwardedHeaders(everything));
    expect(forwardCredentials.owner).toBe('caller');
  });

  it('sends nothing of a caller without credentials', () => {
    expect(forwardedHeaders(new Headers({ cookie: 'session=1' }))).toEqual({});
  });
});

describe('service mode with Basic', () => {
  it("sends the gateway's credentials and only the caller's language", () => {
    expect(createBasicCredentials('till', 'secret').headersFor(everything)).toEqual({
      authorization: 'Basic dGlsbDpzZWNyZXQ=',
      'accept-language': 'de, en;q=0.5',
    });
  });

  it('says whose credentials they are', () => {
    expect(createBasicCredentials('till', 'secret').owner).toBe('gateway');
  });

  it('encodes user and password as UTF-8, colons in the password included', () => {
    const { authorization } = createBasicCredentials('käse', 'pä:ß😀').headersFor(new Headers()) as {
      authorization: string;
    };
    expect(Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8')).toBe('käse:pä:ß😀');
  });

  it('sends no language when the caller has none', () => {
    expect(createBasicCredentials('a', 'b').headersFor(new Headers())).toEqual({
      authorization: 'Basic YTpi',
    });
  });
});
