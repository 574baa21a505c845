/** What is logged of a bug: where it is, never its input. */

import { describe, expect, it } from 'vitest';
import { describeCauses, describeFault } from '../../src/telemetry/fault-line.ts';

const marked = 'a@b.example\n    at Secret (https://upstream.example/?identifierValue=1)';

describe('describeFault', () => {
  it('has kind, causes and frames', () => {
    const cause = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    const line = describeFault(new TypeError('x', { cause }));
    expect(line).toMatchObject({ fault: 'TypeError', causes: ['Error ECONNRESET'] });
    expect(line['frames']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^at .*fault-line\.test\.ts/)]),
    );
  });

  it('never repeats a message, of the error or its causes', () => {
    const error = new Error(marked, { cause: new Error(marked, { cause: marked }) });
    expect(JSON.stringify(describeFault(error))).not.toMatch(/a@b|Secret|upstream\.example/);
  });

  it('repeats no name, code or stack of another form', () => {
    const error = Object.assign(new Error('x'), { name: marked, code: marked, stack: undefined });
    expect(describeFault(error)).toEqual({ fault: 'Error', causes: [], frames: [] });
    const rewritten = Object.assign(new Error('gone'), { stack: 'Error\n    at here (file.ts:1:1)' });
    expect(describeFault(rewritten)['frames']).toEqual(['at here (file.ts:1:1)']);
  });

  it('ends when an error is its own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(describeFault(error)['causes']).toHaveLength(4);
  });

  it.each([undefined, null, 'a@b.example', 7])('names the type of a thrown %j', (thrown) => {
    expect(describeFault(thrown)).toEqual({ fault: `thrown ${typeof thrown}`, causes: [], frames: [] });
  });
});

describe('describeCauses', () => {
  const coded = (code: string, cause?: unknown) => Object.assign(new Error('at a host', { cause }), { code });

  it('names the kinds of the causes, each once, and nothing else of them', () => {
    const refused = new Error('failed', { cause: coded('PROXY_NO_TUNNEL', coded('ECONNREFUSED')) });
    const expired = new Error('failed', { cause: coded('CERT_HAS_EXPIRED') });
    expect(describeCauses([refused, expired, refused])).toEqual([
      'Error PROXY_NO_TUNNEL',
      'Error ECONNREFUSED',
      'Error CERT_HAS_EXPIRED',
    ]);
  });

  it('leaves out plain errors, and what is no error', () => {
    expect(describeCauses([new Error('x', { cause: new Error('y') }), new Error('x'), undefined])).toEqual(
      [],
    );
  });
});
