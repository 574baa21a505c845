/**
 * Starts the sandbox before the first test of vitest, on free ports, and stops it after the last. Name this file as
 * `globalSetup` in vitest's configuration.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The gateway's URL, to which `/graphql` is added. */
    readonly gatewayUrl: string;
    /** The URL of the sandbox's control endpoints. */
    readonly sandboxUrl: string;
  }
}

/** Started without npx, which would be stopped in its place. */
const command = process.env['LEDGER_SANDBOX'] ?? 'node node_modules/ledger-balance-gateway/main.js sandbox';
let sandbox: ChildProcess | undefined;

/** vitest calls this before the first test. */
export async function setup({ provide }: TestProject): Promise<void> {
  const [program = '', ...args] = command.split(' ');
  const started = spawn(program, [...args, '--port', '0', '--control-port', '0'], {
    env: { ...process.env, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  sandbox = started;
  let printed = '';
  for await (const text of started.stdout.setEncoding('utf8')) {
    printed += text;
    const [, gatewayUrl] = /Start here +(\S+)/.exec(printed) ?? [];
    const [, sandboxUrl] = /Sandbox +(\S+)\/_sandbox/.exec(printed) ?? [];
    if (gatewayUrl === undefined || sandboxUrl === undefined) continue;
    provide('gatewayUrl', gatewayUrl);
    provide('sandboxUrl', sandboxUrl);
    return;
  }
  throw new Error(`The sandbox did not start: ${command}`);
}

/** vitest calls this after the last test. */
export function teardown(): void {
  sandbox?.kill();
}
