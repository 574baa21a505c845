/** Documents show whole declarations with their comments. */

import { expect, it } from 'vitest';
import { cutCode } from '../../.ci/code-cuts.ts';

const source = `import { x } from 'x';

/** A list. */
const list = [
  x,
];
// Two lines
// of comment.
export async function ask(
  question: string,
): Promise<void> {
  if (x) {
    return;
  }
}

export const short = 1;
`;

it('cuts declarations whole, with the comments above them, in the order asked for', () => {
  const ask =
    '// Two lines\n// of comment.\nexport async function ask(\n  question: string,\n): Promise<void> {\n  if (x) {\n    return;\n  }\n}';
  const list = '/** A list. */\nconst list = [\n  x,\n];';
  expect(cutCode(source, ['ask', 'list', 'short'])).toBe(
    `\`\`\`ts\n${ask}\n\n${list}\n\nexport const short = 1;\n\`\`\``,
  );
});

it('cuts a declaration that ends with a text of several lines', () => {
  const query = 'const query = graphql(`\n  query {\n    x\n  }\n`);';
  expect(cutCode(`${query}\nconst y = 1;\n`, ['query'])).toBe(`\`\`\`ts\n${query}\n\`\`\``);
});

it('refuses a declaration without an end', () => {
  expect(() => cutCode('const open = [\n  1,\n', ['open'])).toThrow('open has no end');
});

it('refuses a name that is not declared', () => {
  expect(() => cutCode(source, ['asked'])).toThrow('no declaration of asked');
});
