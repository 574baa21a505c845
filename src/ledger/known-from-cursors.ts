/**
 * What the cursors of some windows tell about their list before any of it is read.
 */
import { createKnownList, type KnownList, learnPlace } from './known-list.ts';
import type { Window } from './window.ts';

/** A list of which only the places that its cursors remember are known. */
export function knownFromCursors(windows: readonly Window[]): KnownList {
  const known = createKnownList();
  for (const { from } of windows) {
    if (from?.kind === 'entry') learnPlace(known, from.place);
    // Entries are skipped by number only where their positions cannot be known: behind a short page.
    if (from?.kind === 'gap' && from.skip > 0) known.hasShortPages = true;
  }
  return known;
}
