/**
 * What orchestrators ask: is the process alive, and should it get traffic? Pure: the states of the parts come in.
 */

/** How one part of the gateway is, in a word, and whether the gateway can take traffic while it is so. */
export type PartState = { readonly state: string; readonly isReady: boolean };

/** The parts on which readiness rests, by the names that `/readyz` tells, asked anew for each probe. */
export type Parts = Readonly<Record<string, () => PartState>>;

/** The answer to a probe: an HTTP status and what to say as JSON. */
export type ProbeAnswer = {
  readonly status: number;
  readonly body: { readonly status: string; readonly parts?: Readonly<Record<string, string>> };
};

/**
 * Answers a probe; nothing for any other path. `status` is `ready`, or the state of the first part that is not;
 * the state of every part is told to operators alone.
 */
export function answerProbe(path: string, parts: Parts, isForOperators: boolean): ProbeAnswer | undefined {
  if (path === '/livez') return { status: 200, body: { status: 'alive' } };
  if (path !== '/readyz') return undefined;
  const states = Object.entries(parts).map(([name, ask]) => [name, ask()] as const);
  const unready = states.find(([, { isReady }]) => !isReady)?.[1];
  const told = isForOperators
    ? { parts: Object.fromEntries(states.map(([name, { state }]) => [name, state])) }
    : {};
  return { status: unready ? 503 : 200, body: { status: unready?.state ?? 'ready', ...told } };
}
