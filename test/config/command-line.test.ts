/** The command line of the package: the gateway, or the gateway with its sandbox. */

import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/config/command-line.ts';

describe('readCommandLine', () => {
  it('leaves the environment as it is without arguments', () => {
    const env = { UPSTREAM_URL: 'https://eu.example', PORT: '1' };
    expect(readCommandLine([], env)).toEqual({ env });
  });

  it('lets sandbox ignore a real upstream, its credentials, Redis and production', () => {
    const env = {
      UPSTREAM_URL: 'https://eu.example',
      UPSTREAM_BASIC_USER: 'user',
      UPSTREAM_BASIC_PASSWORD_FILE: '/run/password',
      UPSTREAM_OAUTH_KEY: 'key',
      REDIS_URL_FILE: '/run/redis',
      NODE_ENV: 'production',
      UPSTREAM_TIMEOUT_MS: '500',
      HOST: '0.0.0.0',
      PORT: '8080',
    };
    expect(readCommandLine(['sandbox'], env)).toEqual({
      env: {
        UPSTREAM_TIMEOUT_MS: '500',
        NODE_ENV: 'development',
        HOST: '0.0.0.0',
        SANDBOX_HOST: '0.0.0.0',
        PORT: '8080',
        SANDBOX_PORT: undefined,
      },
    });
  });

  it('takes ports and host of both from options, before the environment', () => {
    const given = ['sandbox', '--port', '1', '--control-port=2', '--host', '::1'];
    expect(readCommandLine(given, { PORT: '8', SANDBOX_PORT: '9', HOST: '127.0.0.1' })).toEqual({
      env: { NODE_ENV: 'development', HOST: '::1', SANDBOX_HOST: '::1', PORT: '1', SANDBOX_PORT: '2' },
    });
  });

  it('leaves the control endpoints where SANDBOX_HOST says, however open the gateway is', () => {
    const { HOST, SANDBOX_HOST } = { HOST: '0.0.0.0', SANDBOX_HOST: '127.0.0.1' };
    expect(readCommandLine(['sandbox'], { HOST, SANDBOX_HOST })).toMatchObject({
      env: { HOST, SANDBOX_HOST },
    });
    const opened = { HOST: '::1', SANDBOX_HOST: '::1' };
    expect(readCommandLine(['sandbox', '--host', '::1'], { SANDBOX_HOST })).toMatchObject({ env: opened });
  });

  it.each([[['--help']], [['-h']], [['sandbox', '--help']]])('prints help for %j', (given) => {
    expect(readCommandLine(given, {})).toEqual({ help: expect.stringMatching(/^Usage: .*--control-port/s) });
  });

  it.each([
    [['sandbox', '--prot', '1'], /'--prot'/],
    [['--version'], /^Unknown option '--version'\n/],
    [['sandbox', '--port'], /--port/],
    [['sandbox', 'twice'], /got sandbox twice/],
    [['box'], /got box/],
    [['--port', '1'], /got --port 1/],
  ])('refuses %j, and prints help', (given, problem) => {
    const reading = readCommandLine(given, {});
    expect(reading).toEqual({ problem: expect.stringMatching(problem) });
    expect(reading).toEqual({ problem: expect.stringContaining('Usage:') });
  });
});
