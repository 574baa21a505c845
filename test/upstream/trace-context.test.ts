/** The caller's trace goes on upstream when it is one, and nothing else does under its name. */
import { describe, expect, it } from 'vitest';
import { traceparentOf } from '../../src/upstream/observe.ts';
import { pageRequest } from './bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream } from './fake-upstream.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparent', () => {
  it('goes upstream with every call of the request, tracestate does not', async () => {
    const upstream = await startJsonUpstream({ errors: [{ status: false, code: 8015, message: '' }] }, 400);
    const headers = new Headers({ traceparent, tracestate: 'vendor=secret' });
    const fetchPage = startClient(upstream.url).forCaller(callerWith({ headers, requestId: 'r' }));
    await fetchPage(pageRequest(), noSignal());
    expect(upstream.calls).toHaveLength(1);
    expect(upstream.calls[0]?.headers).toMatchObject({ traceparent });
    expect(upstream.calls[0]?.headers).not.toHaveProperty('tracestate');
  });

  it.each([
    ['nothing', ''],
    ['version ff', traceparent.replace('00-', 'ff-')],
    ['capital letters', traceparent.toUpperCase()],
    ['a void trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a void parent', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['more than there should be', `${traceparent}-447700900012`],
    ['two at once', `${traceparent}, ${traceparent}`],
  ])('stays behind when it is %s', (_, sent) => {
    expect(traceparentOf(new Headers({ traceparent: sent }))).toBeUndefined();
  });

  it('is absent when the caller sent none', () => {
    expect(traceparentOf(new Headers())).toBeUndefined();
  });
});
