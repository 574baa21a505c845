/**
 * `npm run example`: the member-points page of `examples/web` with its gateway, over the sandbox unless UPSTREAM_URL is set.
 * Page and gateway have different origins, as in production. When one of them ends, so does the other.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { installPackages } from './folder-packages.ts';

const folder = 'examples/web';
const page = 'http://127.0.0.1:5173';
const gatewayUrl = `http://127.0.0.1:${process.env['PORT'] || 4000}`;
const env = {
  ...process.env,
  CORS_ORIGINS: `${page},http://localhost:5173`,
  VITE_GATEWAY: `${gatewayUrl}/graphql`,
};

/** Whether the gateway listens in time. Its own lines say why it does not. */
async function isListening(gateway: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 100 && gateway.exitCode === null; tries += 1) {
    const answer = await fetch(`${gatewayUrl}/livez`, { signal: AbortSignal.timeout(1000) }).catch(
      () => undefined,
    );
    await delay(100); // A gateway that found its port taken ends meanwhile: another process has answered.
    if (answer?.ok) return gateway.exitCode === null;
  }
  return false;
}

installPackages(folder);
const gateway = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], { env, stdio: 'inherit' });
// The terminal sends Ctrl-C to every process; another sender may know this one only.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void gateway.kill(signal));
gateway.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
if (await isListening(gateway)) {
  const vite = spawn('node_modules/.bin/vite', ['--clearScreen', 'false'], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  gateway.once('exit', () => vite.kill());
  await once(vite, 'exit');
}
gateway.kill();
