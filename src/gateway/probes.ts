/**
 * The endpoints that orchestrators ask: is the process alive, and should it get traffic?
 */

/** Whether the gateway takes traffic: not any more once it drains. */
export type Readiness = { isDraining: boolean };

/** The answer to a probe, as status and JSON body; nothing for any other path. */
export function answerProbe(
  path: string,
  readiness: Readiness,
): { readonly status: number; readonly body: Readonly<Record<string, string>> } | undefined {
  if (path === '/livez') return { status: 200, body: { status: 'alive' } };
  if (path !== '/readyz') return undefined;
  return readiness.isDraining
    ? { status: 503, body: { status: 'draining' } }
    : { status: 200, body: { status: 'ready' } };
}
