/** The settings that bound what clients can make the process hold. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';

const load = (env: Readonly<Record<string, string>>) =>
  loadConfig(env, { readFile: () => '', randomSecret: () => 'r'.repeat(32) });

it('takes each bound of the clients and of the log', () => {
  const config = load({
    LOG_BUFFER_BYTES: '65536',
    MAX_CONNECTIONS: '20',
    MAX_REQUESTS_PER_CONNECTION: '1',
    CLIENT_STALL_TIMEOUT_MS: '1000',
    MAX_UNREAD_BYTES: '1048576',
    MAX_REQUESTS_IN_FLIGHT: '8',
    MAX_BODY_BYTES_IN_FLIGHT: '65536',
    OVERLOAD_LOOP_DELAY_MS: '50',
    OVERLOAD_HEAP_PERCENT: '50',
  });
  expect(config).toMatchObject({
    logBufferBytes: 65_536,
    overload: { loopDelayMs: 50, heapPercent: 50, requestsInFlight: 8, bodyBytesInFlight: 65_536 },
    clientLimits: {
      maxConnections: 20,
      maxRequestsPerConnection: 1,
      stallTimeoutMs: 1000,
      maxUnreadBytes: 1_048_576,
    },
  });
});

it.each([
  ['LOG_BUFFER_BYTES', '0'],
  ['MAX_CONNECTIONS', '0'],
  ['MAX_REQUESTS_PER_CONNECTION', '0'],
  ['CLIENT_STALL_TIMEOUT_MS', '10'],
  ['MAX_UNREAD_BYTES', '0'],
  ['MAX_REQUESTS_IN_FLIGHT', '0'],
  ['MAX_BODY_BYTES_IN_FLIGHT', '0'],
  ['OVERLOAD_LOOP_DELAY_MS', '0'],
  ['OVERLOAD_HEAP_PERCENT', '101'],
])('refuses a bound that would serve nobody: %s=%s', (name, value) => {
  expect(() => load({ [name]: value })).toThrow(new RegExp(`${name}: got "${value}"`));
});
