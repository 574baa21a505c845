/** The lines at the start: what to open and what answers, and no secret. */

import { describe, expect, it } from 'vitest';
import { describeForLog, describeForPerson, type Listening } from '../../src/config/start-lines.ts';

const basic = { user: 'never-shown', password: 'never-shown' };
const upstreamUrl = 'https://upstream.example/never-shown';
const url = 'http://127.0.0.1:4000';

const listening = (
  upstream: Listening['config']['upstream'],
  over: Partial<Listening['config']> = {},
): Listening => ({
  config: {
    host: '127.0.0.1',
    sandboxHost: '127.0.0.1',
    upstream,
    graphiql: true,
    tracesTo: undefined,
    warnings: [],
    ...over,
  },
  url,
  sandboxUrl: upstream.mode === 'sandbox' ? 'http://127.0.0.1:5000' : undefined,
});

const sandbox = listening({ mode: 'sandbox' });
const forward = listening(
  { mode: 'forward', url: upstreamUrl },
  { graphiql: false, warnings: ['One.', 'Two.'] },
);
const service = listening({ mode: 'service', url: upstreamUrl, basic });

describe('describeForPerson', () => {
  it('has the links to open, each with its purpose', () => {
    expect(describeForPerson(sandbox)).toMatch(/Start here +http:\/\/127\.0\.0\.1:4000\n/);
    expect(describeForPerson(sandbox)).toMatch(/GraphiQL +http:\/\/127\.0\.0\.1:4000\/graphql {2}\(/);
    expect(describeForPerson(sandbox)).toMatch(/Sandbox +http:\/\/127\.0\.0\.1:5000\/_sandbox {2}\(/);
    expect(describeForPerson(sandbox)).toMatch(/Upstream +the built-in sandbox/);
  });

  it('has no link to a sandbox that cannot be reached from another machine', () => {
    const open = listening({ mode: 'sandbox' }, { host: '0.0.0.0' });
    expect(describeForPerson(open)).not.toContain('_sandbox');
    expect(describeForPerson(open)).toMatch(/Upstream +the built-in sandbox/);
    const both = listening({ mode: 'sandbox' }, { host: '0.0.0.0', sandboxHost: '0.0.0.0' });
    expect(describeForPerson(both)).toMatch(/Sandbox +http:\/\/127\.0\.0\.1:5000\/_sandbox/);
  });

  it('has a command for a member of the sandbox, only with the sandbox', () => {
    const [, body = ''] = /curl -s \S+\/graphql .* -d '(.*)'/.exec(describeForPerson(sandbox)) ?? [];
    expect(JSON.parse(body).query).toContain('name: MOBILE, value: "447700900001"');
    expect(describeForPerson(forward)).not.toContain('curl');
  });

  it('says where traces go, if there are any', () => {
    const traced = listening({ mode: 'sandbox' }, { tracesTo: 'collector.example:4318' });
    expect(describeForPerson(traced)).toMatch(/Traces +sent to collector\.example:4318\n/);
    expect(describeForLog(traced)).toMatchObject({ tracesTo: 'collector.example:4318' });
    expect(describeForPerson(sandbox)).not.toContain('Traces');
    expect(describeForLog(sandbox)).not.toHaveProperty('tracesTo');
  });

  it('says whose credentials go to which host', () => {
    expect(describeForPerson(forward)).toMatch(/upstream\.example\n.*each caller’s own/);
    expect(describeForPerson(service)).toMatch(/upstream\.example\n.*the gateway’s own, for every caller/);
  });

  it('leaves out what is off, and repeats the warnings', () => {
    expect(describeForPerson(forward)).not.toContain('GraphiQL');
    expect(describeForPerson(forward)).toContain('  Mind: One.\n  Mind: Two.\n');
    expect(describeForPerson(sandbox)).not.toContain('Mind');
  });

  it('shows neither path nor credentials', () => {
    const oauth = { key: 'never-shown', secret: 'never-shown' };
    const withKey = listening({ mode: 'service', url: upstreamUrl, oauth });
    expect(describeForPerson(withKey) + JSON.stringify(describeForLog(withKey))).not.toContain('never-shown');
    expect(describeForPerson(service) + JSON.stringify(describeForLog(service))).not.toContain('never-shown');
  });
});

describe('describeForLog', () => {
  it('has the same as fields', () => {
    expect(describeForLog(sandbox)).toEqual({ url, mode: 'sandbox', upstreamHost: null, graphiql: true });
    expect(describeForLog(forward)).toEqual({
      url,
      mode: 'forward',
      upstreamHost: 'upstream.example',
      graphiql: false,
    });
  });

  it('has the operators’ port, if there is one, for a person as well', () => {
    const adminUrl = 'http://127.0.0.1:9000';
    expect(describeForLog({ ...service, adminUrl })).toMatchObject({ adminUrl });
    expect(describeForPerson({ ...service, adminUrl })).toContain(`Operators     ${adminUrl}/metrics`);
    expect(describeForPerson(service)).not.toContain('Operators');
  });
});
