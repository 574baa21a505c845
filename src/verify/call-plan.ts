/**
 * Plans the pages to ask for, so that their answers can be compared. Pure; never more than ten.
 *
 * Background. If entries have fixed positions, pages tile: (limit 5, page 0) and (5, 1) together show the entries of
 * (10, 0), and (7, 1) shows a part of them and of the next. An upstream that groups or filters after it has cut its
 * pages shows other entries, and only where pages are short.
 *
 * Trick. Four small tiles cover the first positions. Two wide pages and an odd one lie across them. One probe asks for
 * the largest limit that any edition of the reference knows. At the end the first positions are read again: a list
 * that changed meanwhile would look like one without fixed positions.
 *
 * Cost. At most 1 probe, 2 wide pages, 4 tiles, 1 odd page and 2 more. These read the wide pages again; or, if the
 * probe is larger, the probe again and the page at its end.
 */
import { type Block, blockKey, startOf } from '../ledger/list/block.ts';
import { type Sighting, totalOf } from './sighting.ts';

/** Most calls of one run, whatever the upstream answers. */
export const mostCalls = 10;

/** The largest limit that any edition of the reference knows, in entries. */
export const probeBlock: Block = { limit: 100, pageNumber: 0 };

const usualLimit = 10;
const tileCount = 4;

/** The limit of the wide pages, in entries: what every edition allows, or the probe's limit if that is smaller. */
export function wideLimitOf(probe: Sighting | null): number {
  return Math.min(usualLimit, probe?.block.limit ?? usualLimit);
}

/** The limit of the tiles: half a wide page. */
export function tileLimitOf(wideLimit: number): number {
  return Math.max(1, Math.floor(wideLimit / 2));
}

/** The first wide page. */
export function firstWideBlock(wideLimit: number): Block {
  return { limit: wideLimit, pageNumber: 0 };
}

/** The pages to read once, as far as the list reaches: tiles, the second wide page, the odd one, the end. */
export function comparedBlocks(wideLimit: number, probe: Sighting | null, total: number): Block[] {
  const tileLimit = tileLimitOf(wideLimit);
  const oddLimit = Math.min(wideLimit, tileLimit + Math.ceil(tileLimit / 3));
  const tiles = Array.from({ length: tileCount }, (_, pageNumber) => ({ limit: tileLimit, pageNumber }));
  const across = [wideLimit, oddLimit].map((limit) => ({ limit, pageNumber: 1 }));
  const end = hasWideProbe(wideLimit, probe) ? [endBlock(probe, wideLimit)] : [];
  return distinctWithin([...tiles, ...across, ...end], total).filter(
    (block) => blockKey(block) !== blockKey(firstWideBlock(wideLimit)),
  );
}

/** The pages to read again at the end. */
export function repeatedBlocks(wideLimit: number, probe: Sighting | null, total: number): Block[] {
  if (hasWideProbe(wideLimit, probe)) return [probeBlock];
  return distinctWithin([firstWideBlock(wideLimit), { limit: wideLimit, pageNumber: 1 }], total);
}

/**
 * The page that ends where the probe ends, or beyond if the list ends there. It detects an upstream that says
 * `pageSize` 100 and shows the first 50.
 */
export function endBlock(probe: Sighting, wideLimit: number): Block {
  const { limit } = probe.block;
  const total = totalOf(probe);
  if (total <= limit) return { limit: wideLimit, pageNumber: Math.max(0, Math.ceil(total / wideLimit) - 1) };
  const sizes = Array.from({ length: wideLimit }, (_, index) => wideLimit - index);
  const size = sizes.find((candidate) => limit % candidate === 0) ?? 1;
  return { limit: size, pageNumber: limit / size - 1 };
}

/** Whether the probe is larger than a wide page. */
export function hasWideProbe(wideLimit: number, probe: Sighting | null): probe is Sighting {
  return probe !== null && probe.block.limit > wideLimit;
}

function distinctWithin(blocks: readonly Block[], total: number): Block[] {
  const within = blocks.filter((block) => startOf(block) < total);
  return [...new Map(within.map((block) => [blockKey(block), block])).values()];
}
