/** The request collection: each request, sent as the file says, has the outcome of its chapter. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { printCollection } from '../../.ci/request-collection.ts';
import { parseHttpFile } from './http-file.ts';
import { openSite } from './site.ts';
import { expectOutcome, storyOutcomes } from './story-outcomes.ts';

const text = readFileSync(new URL('../../requests/ledger-balances.http', import.meta.url), 'utf8');
const requests = parseHttpFile(text);

describe('the request collection', () => {
  it('is printed from the story, in its order', () => {
    expect(text).toBe(printCollection());
    expect(requests.map(({ name }) => name)).toEqual(storyOutcomes.map(({ name }) => name));
  });

  it('runs as it stands, from the first request to the last', async () => {
    const site = await openSite({ UPSTREAM_TIMEOUT_MS: '500' }, { hasSandboxSecret: true });
    onTestFinished(site.close);
    for (const [index, outcome] of storyOutcomes.entries()) {
      site.sandbox.reset();
      const request = requests[index];
      const response = await fetch(String(request?.url.replace('{{host}}', site.url)), {
        method: request?.method ?? '',
        headers: request?.headers ?? {},
        body: JSON.stringify({ query: request?.query, variables: request?.variables }),
      });
      expectOutcome(outcome, await response.json(), site.sandbox.callCount());
    }
  });

  it('uses the address at which the gateway listens without settings', () => {
    expect(text).toContain('@host = http://127.0.0.1:4000\n');
  });
});
