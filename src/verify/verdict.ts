/** Judges the upstream by the pages that were read. Pure. */
import { type Block, blockKey } from '../ledger/list/block.ts';
import { endBlock, hasWideProbe, tileLimitOf } from './call-plan.ts';
import { areSameEntries, isAsAsked, isSameAnswer, type Sighting, totalOf } from './sighting.ts';
import { fitsTiling, hasEarlyGap, layTiles, type Tiling, tilesUnder } from './tiling.ts';

/** The pages that were read. */
export type Findings = {
  /** The largest page. Its block has the answer's page size. `null` if the upstream refused the limit. */
  readonly probe: Sighting | null;
  /** The limit of the wide pages, in entries. */
  readonly wideLimit: number;
  /** All pages except the probe and the repeats: wide pages, tiles, the odd one and the end. */
  readonly sightings: readonly Sighting[];
  /** Pages that were read twice, before and after all others. */
  readonly repeats: readonly { readonly before: Sighting; readonly after: Sighting }[];
};

/**
 * `evidence` has one sentence for each contradiction. It names pages and counts, never an entry. `changed`,
 * `too-few-entries` and `no-short-page` leave the question open.
 */
export type Verdict =
  | { readonly kind: 'fixed' | 'changed' | 'too-few-entries' | 'no-short-page' }
  | { readonly kind: 'not-fixed' | 'offset-counts-entries'; readonly evidence: readonly string[] };

/** The verdict on positions. */
export function judgePositions(findings: Findings): Verdict {
  const { sightings, repeats, wideLimit } = findings;
  if (repeats.some(({ before, after }) => !isSameAnswer(before.page, after.page))) return { kind: 'changed' };
  const evidence = evidenceIn(findings);
  if (evidence.length > 0) {
    return { kind: countsEntries(findings) ? 'offset-counts-entries' : 'not-fixed', evidence };
  }
  if (largestTotal(sightings) <= wideLimit) return { kind: 'too-few-entries' };
  return { kind: hasEarlyGap(tilingOf(sightings, wideLimit)) ? 'fixed' : 'no-short-page' };
}

/**
 * The largest page size that is safe, in entries: the probe's, if the probe shows all its entries. Else it is the wide
 * pages', which every edition of the reference allows.
 */
export function judgeMaxLimit({ probe, wideLimit, sightings }: Findings): number {
  if (!hasWideProbe(wideLimit, probe)) return wideLimit;
  const isWhole =
    fitsTiling(tilingOf(sightings, wideLimit), probe) && endsAsSeen(probe, wideLimit, sightings);
  return isWhole ? probe.block.limit : wideLimit;
}

function evidenceIn({ sightings, wideLimit }: Findings): string[] {
  const unasked = sightings.filter((sighting) => !isAsAsked(sighting));
  if (unasked.length > 0) return unasked.map(describeUnasked);
  const tiling = tilingOf(sightings, wideLimit);
  const misfits = sightings.filter((sighting) => !fitsTiling(tiling, sighting));
  return [
    ...totalEvidence(sightings),
    ...misfits.map((sighting) => describeMisfit(tiling, sighting, wideLimit)),
  ];
}

function tilingOf(sightings: readonly Sighting[], wideLimit: number): Tiling {
  return layTiles(sightings, tileLimitOf(wideLimit), largestTotal(sightings));
}

function largestTotal(sightings: readonly Sighting[]): number {
  return Math.max(0, ...sightings.map(totalOf));
}

/** `totalEntries` counts positions, so it must not depend on the page size. */
function totalEvidence(sightings: readonly Sighting[]): string[] {
  const [first, ...others] = sightings;
  const other = others.find(({ page }) => page.totalEntries !== first?.page.totalEntries);
  if (first === undefined || other === undefined) return [];
  return [
    `${nameOf(first.block)} says totalEntries ${first.page.totalEntries}, ${nameOf(other.block)} says ${other.page.totalEntries}`,
  ];
}

function describeUnasked({ block, page }: Sighting): string {
  return `${nameOf(block)} was answered with pageSize ${page.pageSize}, pageNumber ${page.pageNumber}`;
}

function describeMisfit(tiling: Tiling, { block, page }: Sighting, wideLimit: number): string {
  const tiles = tilesUnder(tiling, block);
  const counts = tiles.map(({ rankBefore, rankAfter }) => rankAfter - rankBefore).join(' + ');
  const limit = tileLimitOf(wideLimit);
  const pages = tiles.map(({ start }) => start / limit).join(', ');
  return `${nameOf(block)} shows ${page.entries.length} entries that do not fit limit=${limit}, pages ${pages} (${counts})`;
}

function nameOf({ limit, pageNumber }: Block): string {
  return `limit=${limit}, page ${pageNumber}`;
}

/** Whether the second wide page is the first one moved by a single entry. Then not even whole pages tile. */
function countsEntries({ sightings, wideLimit }: Findings): boolean {
  const [first, second] = [0, 1].map((pageNumber) => entriesOf(sightings, { limit: wideLimit, pageNumber }));
  if (first === undefined || second === undefined || first.length < 2) return false;
  return areSameEntries(first.slice(1), second.slice(0, first.length - 1));
}

function endsAsSeen(probe: Sighting, wideLimit: number, sightings: readonly Sighting[]): boolean {
  const end = entriesOf(sightings, endBlock(probe, wideLimit)) ?? [];
  return end.length === 0 || areSameEntries(probe.page.entries.slice(-end.length), end);
}

function entriesOf(sightings: readonly Sighting[], block: Block) {
  return sightings.find((sighting) => blockKey(sighting.block) === blockKey(block))?.page.entries;
}
