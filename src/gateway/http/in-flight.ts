/**
 * What the requests in flight hold: their number and the bytes of their bodies, of all clients and of each address. No
 * address may hold more than half of either, so that one client cannot shut out the others. Knows nothing of what is
 * asked.
 */
import type { IncomingMessage } from 'node:http';
import { fairnessKeyOf } from './fairness-key.ts';

/** The bounds, and what it takes to find addresses and the size of bodies. */
export type InFlightLimits = {
  readonly requestsInFlight: number;
  /** Of bodies, as they were declared. */
  readonly bodyBytesInFlight: number;
  /** Of one body; a longer one is refused unread. */
  readonly maxBodyBytes: number;
  readonly trustedProxies: number;
};

/**
 * What there is too much of. `in-flight`: requests. `address`: requests of this address. `bodies`: bytes of bodies, of all
 * or of this address.
 */
export type InFlightReason = 'in-flight' | 'address' | 'bodies';

/** What requests hold together. */
export type InFlightUsage = { readonly requests: number; readonly bodyBytes: number };

/** A request, as far as it is counted here. */
type Arrival = { readonly address: string; readonly bodyBytes: number };

/** The count of the requests in flight. */
export type InFlight = {
  readonly usage: () => InFlightUsage;
  readonly arrivalOf: (request: IncomingMessage) => Arrival;
  /** Why this request must be refused; undefined when there is room for it. */
  readonly refusalOf: (arrival: Arrival) => InFlightReason | undefined;
  /** Counts a request when it begins (1) and when it ends (-1). */
  readonly add: (arrival: Arrival, times: 1 | -1) => void;
};

/** A body of so many bytes is taken whatever others hold. Operations that people write are a tenth of it. */
const smallBodyBytes = 16_384;

const nothing: InFlightUsage = { requests: 0, bodyBytes: 0 };

/** A count in which nothing is in flight. */
export function createInFlight(limits: InFlightLimits): InFlight {
  const all = { ...nothing };
  const ofAddresses = new Map<string, Counted>();

  return {
    usage: () => all,
    arrivalOf: (request) => ({
      address: addressOf(request, limits.trustedProxies),
      bodyBytes: Math.min(declaredBytes(request), limits.maxBodyBytes),
    }),
    refusalOf({ address, bodyBytes }) {
      const own = ofAddresses.get(address) ?? nothing;
      if (all.requests >= limits.requestsInFlight) return 'in-flight';
      if (own.requests >= Math.floor(limits.requestsInFlight / 2)) return 'address';
      if (bodyBytes <= smallBodyBytes) return undefined;
      const bound = limits.bodyBytesInFlight;
      return hasRoom(all, bodyBytes, bound) && hasRoom(own, bodyBytes, bound / 2) ? undefined : 'bodies';
    },
    add({ address, bodyBytes }, times) {
      const own = ofAddresses.get(address) ?? { ...nothing };
      for (const usage of [all, own]) {
        usage.requests += times;
        usage.bodyBytes += times * bodyBytes;
      }
      if (own.requests === 0) ofAddresses.delete(address);
      else ofAddresses.set(address, own);
    },
  };
}

/** A usage while it is counted. */
type Counted = { -readonly [Field in keyof InFlightUsage]: InFlightUsage[Field] };

/** One body is taken, however small the bound. */
function hasRoom({ bodyBytes: held }: InFlightUsage, bodyBytes: number, bound: number): boolean {
  return held === 0 || held + bodyBytes <= bound;
}

/** Requests whose address is not known, because their connection has gone, count as one address. */
function addressOf({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().join() || null;
  return fairnessKeyOf({ peer: socket.remoteAddress, forwardedFor, trustedProxies }) ?? '';
}

/** A body that comes in chunks declares no length: it may have any. */
function declaredBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}
