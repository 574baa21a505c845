/**
 * A process that makes one upstream call and prints its outcome as JSON: for what Node reads only when it
 * starts. Takes the base URL and the proxy's URL as arguments.
 */

import { GatewayError } from '../../src/errors.ts';
import { createUpstreamClient } from '../../src/upstream/client.ts';
import { forwardCredentials } from '../../src/upstream/credentials/credentials.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import { pageRequest } from './bodies.ts';

const [, , baseUrl = '', httpsProxy] = process.argv;

const client = createUpstreamClient({
  baseUrl,
  timeoutMs: 5000,
  credentials: forwardCredentials,
  dispatcher: createDispatcher({ maxConcurrency: 2, httpsProxy }),
  now: () => performance.now(),
  wallNow: () => 0,
});

const outcome = await client
  .forCaller({
    headers: new Headers(),
    requestId: 'child',
    fairnessKey: 'somebody',
    deadlineAt: () => Number.POSITIVE_INFINITY,
  })(pageRequest(), new AbortController().signal)
  .then(
    (page) => ({ userId: page?.details.userId }),
    (error: unknown) => ({ code: error instanceof GatewayError ? error.code : String(error) }),
  );
process.stdout.write(JSON.stringify(outcome));
await client.close();
