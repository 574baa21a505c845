/** A fault that no operation catches: other operations are answered as before, and the fault is logged. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { endpointOf, post, spawnGateway } from './main-process.ts';

const crashing = fileURLToPath(new URL('./crashing-request.ts', import.meta.url));

describe('a fault outside every operation', () => {
  it.each([
    ['exception', 'uncaught exception'],
    ['rejection', 'unhandled rejection'],
  ])(
    'that is an %s is logged without its message and counted, and the process goes on',
    async (kind, message) => {
      const gateway = spawnGateway({ NODE_OPTIONS: `--import tsx --import ${crashing}` });
      const endpoint = await endpointOf(gateway);
      await fetch(endpoint, { headers: { 'x-crash': kind } });
      const [line] = await gateway.said(new RegExp(`^\\{.*"msg":"${message}"\\}$`, 'm'));
      expect(JSON.parse(line)).toMatchObject({ level: 'error', fault: 'TypeError' });
      expect(line).not.toContain('4477');
      const answer = await post(
        endpoint,
        '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { userId } }',
      );
      expect(answer.status).toBe(200);
      expect(await answer.json()).not.toHaveProperty('errors');
      const metrics = await fetch(new URL('/metrics', endpoint)).then((response) => response.text());
      expect(metrics).toContain(`ledger_gateway_stray_faults_total{kind="${kind}"} 1\n`);
      gateway.kill('SIGTERM');
      expect(await gateway.ended).toBe(0);
    },
  );
});
