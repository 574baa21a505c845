/**
 * `npm run example`: the member-points page of `examples/web` with its gateway, over the sandbox unless UPSTREAM_URL is set.
 * Page and gateway have different origins, as in production. When one of them ends, so does the other.
 */

import { spawn } from 'node:child_process';
import { installPackages } from './folder-packages.ts';

const folder = 'examples/web';
const page = 'http://127.0.0.1:5173';
const env = {
  ...process.env,
  CORS_ORIGINS: `${page},http://localhost:5173`,
  VITE_GATEWAY: `http://127.0.0.1:${process.env['PORT'] || 4000}/graphql`,
};

installPackages(folder);
const gateway = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], { env, stdio: 'inherit' });
const vite = spawn('node_modules/.bin/vite', ['--clearScreen', 'false'], {
  cwd: folder,
  env,
  stdio: 'inherit',
});

for (const [one, other] of [
  [gateway, vite],
  [vite, gateway],
] as const) {
  one.once('exit', (code) => {
    process.exitCode ||= code ?? 0;
    other.kill();
  });
}
// The terminal sends Ctrl-C to both; another sender may know this process only.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void gateway.kill(signal));
console.log(`\n  Member points ${page}\n`);
