/** Faults that no operation catches: other operations are answered as before, and the faults are logged. */
import { expect, it } from 'vitest';
import { builtPath } from './built-path.ts';
import { endpointOf, post, spawnGateway } from './main-process.ts';

const faults = [
  ['exception', 'uncaught exception'],
  ['rejection', 'unhandled rejection'],
];

it('faults outside every operation are logged without their messages and counted, and the process goes on', async () => {
  const gateway = spawnGateway({ NODE_OPTIONS: `--import ${builtPath('test/crashing-request.ts')}` });
  const endpoint = await endpointOf(gateway);
  for (const [kind = '', message] of faults) {
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
  }
  gateway.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});
