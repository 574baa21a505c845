/** Writes tables in Markdown, and puts sections between their markers. Pure. */

/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table in Markdown. */
export const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The header row of a table, and the line below it. */
export const head = (...names: readonly string[]) => [names, names.map(() => '---')];

/** Sections by the name of their markers. */
export type Sections = Readonly<Record<string, string>>;

/**
 * Replaces what stands between `<!-- name -->` and `<!-- /name -->` for each section.
 * @throws {Error} that names the document and the missing markers.
 */
export const fillSections = (path: string, text: string, sections: Sections): string =>
  Object.entries(sections).reduce((filled, [name, section]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [filled.indexOf(start), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} lacks the markers ${start} and ${end}.`);
    return `${filled.slice(0, from + start.length)}\n${section}\n${filled.slice(to)}`;
  }, text);
