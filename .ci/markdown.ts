/** Tables in Markdown, and how they are put between their markers. Pure. */

/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table in Markdown. */
export const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The names of the columns, and the line below them. */
export const head = (...names: readonly string[]) => [names, names.map(() => '---')];

/** The text of each section, by the name of its markers. */
export type Sections = Readonly<Record<string, string>>;

/**
 * A text with each section as the sources have it, between `<!-- name -->` and `<!-- /name -->`.
 * @throws {Error} naming the document and the markers that are missing.
 */
export const fillSections = (path: string, text: string, sections: Sections): string =>
  Object.entries(sections).reduce((filled, [name, section]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [filled.indexOf(start), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} lacks the markers ${start} and ${end}.`);
    return `${filled.slice(0, from + start.length)}\n${section}\n${filled.slice(to)}`;
  }, text);
