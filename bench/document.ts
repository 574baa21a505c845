/** Writes what a whole run found into the document about performance. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillSections, type Sections } from '../.ci/markdown.ts';
import { plotBars } from './bar-plot.ts';
import { cellsOf, type Matrix } from './cells.ts';
import { rootFolder } from './prepare.ts';
import type { Run } from './rounds.ts';
import { summarize } from './summary.ts';
import { figuresByVariant, figuresTable, startsTable } from './table.ts';

const documentPath = join(rootFolder, 'docs/performance.md');

/** Puts sections between their markers in the document, and drawings beside it. */
export function writeDocument(sections: Sections, drawings: Readonly<Record<string, string>>): void {
  const text = readFileSync(documentPath, 'utf8');
  writeFileSync(documentPath, fillSections('docs/performance.md', text, sections));
  for (const [name, drawing] of Object.entries(drawings)) {
    writeFileSync(join(rootFolder, 'docs/images', name), drawing);
  }
}

/** Lines as items of a list. */
export const bulleted = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

const folded = (summary: string, content: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;

/** The first variant of the matrix is drawn and stands open; the others are folded. */
export function writeComparison(
  run: Run,
  matrix: Matrix,
  serverNames: readonly string[],
  conditions: readonly string[],
): void {
  const [first, ...others] = figuresByVariant(summarize(run.samples), cellsOf(matrix));
  if (first === undefined) return;
  const table = (figures: typeof first.figures) => figuresTable(figures, serverNames);
  const refusals = run.refusals.map((refusal) => `Not measured: ${refusal}`);
  const section = [
    bulleted([...conditions, ...refusals]),
    `### ${capitalized(first.variant)}`,
    table(first.figures),
    ...others.map(({ variant, figures }) => folded(capitalized(variant), table(figures))),
    '### Start',
    startsTable(run.starts, serverNames),
  ].join('\n\n');
  writeDocument({ comparison: section }, { 'performance.svg': plotBars(first.figures, serverNames) });
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
