/** Reads the pages of the plan, one after the other. Never more than ten calls. */
import { GatewayError } from '../errors.ts';
import { type Block, blockKey } from '../ledger/list/block.ts';
import type { CustomerIdentifier, FetchPage, PageAnswer } from '../upstream/page-request.ts';
import { failureScope } from '../upstream/rest/refusal.ts';
import {
  comparedBlocks,
  firstWideBlock,
  hasWideProbe,
  mostCalls,
  probeBlock,
  repeatedBlocks,
  wideLimitOf,
} from './call-plan.ts';
import { type Sighting, totalOf } from './sighting.ts';
import type { Findings } from './verdict.ts';

/** What `collectFindings` needs. */
export type VerificationOptions = {
  readonly fetchPage: FetchPage;
  readonly identifier: CustomerIdentifier;
  /** Called after every call, with its answer or its failure. */
  readonly onCall: (block: Block, answer: PageAnswer | GatewayError) => void;
};

/**
 * Reads pages of one customer's list without filters.
 * @returns `null` when there is no such customer, also if it disappears meanwhile.
 * @throws {GatewayError} when a call fails. The upstream may refuse the limit of the probe.
 */
export async function collectFindings(options: VerificationOptions): Promise<Findings | null> {
  const read = createReader(options);
  const probe = await probeLimit(read);
  if (probe === 'unknown-customer') return null;
  const wideLimit = wideLimitOf(probe);
  const isProbeWide = hasWideProbe(wideLimit, probe);
  const first = probe === null || isProbeWide ? await read(firstWideBlock(wideLimit)) : probe;
  if (first === null) return null;
  const total = totalOf(first);
  const others = await readAll(read, comparedBlocks(wideLimit, probe, total));
  const seconds = others && (await readAll(read, repeatedBlocks(wideLimit, probe, total)));
  if (others === null || seconds === null) return null;
  const sightings = [first, ...others];
  const repeats = seconds.flatMap((after) => {
    const before = isProbeWide
      ? probe
      : sightings.find(({ block }) => blockKey(block) === blockKey(after.block));
    return before === undefined ? [] : [{ before, after }];
  });
  return { probe, wideLimit, sightings, repeats };
}

type Reader = (block: Block) => Promise<Sighting | null>;

/** Throws instead of an eleventh call, in case the plan is wrong. */
function createReader({ fetchPage, identifier, onCall }: VerificationOptions): Reader {
  let callCount = 0;
  return async (block) => {
    callCount += 1;
    if (callCount > mostCalls) throw new Error(`Expected at most ${mostCalls} calls, got one more`);
    const page = await fetchPage({ identifier, filter: {}, ...block }, new AbortController().signal).catch(
      (error: unknown) => {
        if (error instanceof GatewayError) onCall(block, error);
        throw error;
      },
    );
    onCall(block, page);
    return page === null ? null : { block, page };
  };
}

/** The largest page, with the upstream's own limit. `null` if the upstream refuses a limit that is too large. */
async function probeLimit(read: Reader): Promise<Sighting | null | 'unknown-customer'> {
  try {
    const probe = await read(probeBlock);
    if (probe === null) return 'unknown-customer';
    const limit = Math.min(probeBlock.limit, probe.page.pageSize);
    return { block: { ...probeBlock, limit }, page: probe.page };
  } catch (error) {
    if (isLimitRefusal(error)) return null;
    throw error;
  }
}

/** A refusal that concerns neither customer nor filter counts as one of the limit. */
function isLimitRefusal(error: unknown): boolean {
  return (
    error instanceof GatewayError && error.code === 'UPSTREAM_REJECTED' && failureScope(error) === 'call'
  );
}

/** One after the other: a burst could exceed a rate limit. `null` when the customer is gone. */
async function readAll(read: Reader, blocks: readonly Block[]): Promise<Sighting[] | null> {
  const sightings: Sighting[] = [];
  for (const block of blocks) {
    const sighting = await read(block);
    if (sighting === null) return null;
    sightings.push(sighting);
  }
  return sightings;
}
