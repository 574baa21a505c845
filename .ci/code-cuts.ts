/** Cuts declarations out of source files, for documents to show code that tests run. Pure. */

/**
 * The top-level declarations with these names and the comments right above them, as a block of code. The form that the formatter gives is
 * expected: a declaration is one line, or ends with the first line that closes it.
 * @throws {Error} that names a declaration that the source lacks.
 */
export function cutCode(source: string, names: readonly string[], language = 'ts'): string {
  const lines = source.split('\n');
  return `\`\`\`${language}\n${names.map((name) => cutOne(lines, name)).join('\n\n')}\n\`\`\``;
}

function cutOne(lines: readonly string[], name: string): string {
  const start = lines.findIndex((line) => declared(line) === name);
  if (start < 0) throw new Error(`There is no declaration of ${name}.`);
  const last = lines
    .slice(start)
    .findIndex((line, index) => (index === 0 ? /;$/ : /^(?:\}|[})\]`].*;)$/).test(line));
  if (last < 0) throw new Error(`The declaration of ${name} has no end.`);
  return [...commentAbove(lines, start), ...lines.slice(start, start + last + 1)].join('\n');
}

/** The name that a line at the top level declares. */
function declared(line: string): string | undefined {
  return /^(?:export )?(?:async )?(?:const|function|type) (\w+)/.exec(line)?.[1];
}

function commentAbove(lines: readonly string[], start: number): readonly string[] {
  let from = start;
  while (/^(?:\/\/|\/\*\*| \*)/.test(lines[from - 1] ?? '')) from -= 1;
  return lines.slice(from, start);
}
