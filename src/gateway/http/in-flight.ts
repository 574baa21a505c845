/**
 * Counts the requests in flight and the bytes of their bodies, in total and per address. One address may have at most half
 * of either, so that one client cannot shut out the others.
 */
import type { IncomingMessage } from 'node:http';
import { fairnessKeyOf } from './fairness-key.ts';

/** The bounds, and the settings by which a request is counted. */
export type InFlightLimits = {
  readonly requestsInFlight: number;
  /** Bytes of all bodies, by their declared lengths. */
  readonly bodyBytesInFlight: number;
  /** Bytes of one body. A longer one is refused unread. */
  readonly maxBodyBytes: number;
  /** How many proxies stand before the gateway; see `fairnessKeyOf`. */
  readonly trustedProxies: number;
};

/**
 * The bound that is reached. `in-flight`: requests in total. `address`: requests of this address. `bodies`: bytes of
 * bodies, in total or of this address.
 */
export type InFlightReason = 'in-flight' | 'address' | 'bodies';

/** Requests in flight, and the bytes of their bodies. */
export type InFlightUsage = { readonly requests: number; readonly bodyBytes: number };

/** What is counted of one request. */
type Arrival = { readonly address: string; readonly bodyBytes: number };

/** The count of the requests in flight. */
export type InFlight = {
  readonly usage: () => InFlightUsage;
  readonly arrivalOf: (request: IncomingMessage) => Arrival;
  /** Why this request must be refused; undefined when there is room for it. */
  readonly refusalOf: (arrival: Arrival) => InFlightReason | undefined;
  /** Counts a request when it begins (1) and when it ends (-1). */
  readonly add: (arrival: Arrival, change: 1 | -1) => void;
};

/** A body of at most this size always has room. Operations that people write have a tenth of it. */
const smallBodyBytes = 16_384;

const nothing: InFlightUsage = { requests: 0, bodyBytes: 0 };

/** Builds a count with nothing in flight. */
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
    add({ address, bodyBytes }, change) {
      const own = ofAddresses.get(address) ?? { ...nothing };
      for (const usage of [all, own]) {
        usage.requests += change;
        usage.bodyBytes += change * bodyBytes;
      }
      if (own.requests === 0) ofAddresses.delete(address);
      else ofAddresses.set(address, own);
    },
  };
}

/** An `InFlightUsage` that can change. */
type Counted = { -readonly [Field in keyof InFlightUsage]: InFlightUsage[Field] };

/** Whether one more body fits. The first body always does, however small the bound. */
function hasRoom({ bodyBytes: inFlight }: InFlightUsage, bodyBytes: number, bound: number): boolean {
  return inFlight === 0 || inFlight + bodyBytes <= bound;
}

/** The address that a request counts for. Requests whose connection has closed have no address, and count as one. */
function addressOf({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().join() || null;
  return fairnessKeyOf({ peer: socket.remoteAddress, forwardedFor, trustedProxies }) ?? '';
}

/** A chunked body declares no length, and may have any. */
function declaredBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}
