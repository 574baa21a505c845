/** No link of the documents is broken, and the check finds a broken one. */

import { describe, expect, it } from 'vitest';
import { brokenLinks, readDocuments } from '../../.ci/links.ts';

const files = new Set(['README.md', 'docs', 'docs/a.md', 'docs/b.md', 'src/main.ts', 'src/errors.ts']);

/** The findings in `docs/a.md`, beside a `docs/b.md` with headings. */
const judge = (text: string) =>
  brokenLinks({
    texts: new Map([
      ['docs/a.md', text],
      [
        'docs/b.md',
        '# Title\n\n## How it *stops*: 1.5 s, and `why`\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n',
      ],
    ]),
    hasFile: (path) => files.has(path),
  });

describe('the documents', () => {
  it('have no broken link, anchor or path', () => {
    const documents = readDocuments();
    expect(documents.texts.size).toBeGreaterThan(5);
    expect(brokenLinks(documents)).toEqual([]);
  });
});

describe('brokenLinks', () => {
  it.each([
    '[b](b.md), [up](../README.md), [code](../src/main.ts), [`code`](../src/main.ts), [folder](../docs)',
    '[b](b.md#how-it-stops-15-s-and-why), [b](b.md#twice), [b](b.md#twice-1)',
    '## Here\n\n[here](#here)',
    '[elsewhere](https://example.com/nowhere#x), [mail](mailto:a@example.com)',
    'read `src/errors.ts`, type `[x](y.md)`\n\n```md\n[x](y.md) `src/nothing.ts`\n```\n',
  ])('finds nothing in %j', (text) => {
    expect(judge(text)).toEqual([]);
  });

  it.each([
    ['[x](c.md)', 'c.md leads to no file'],
    ['[x](README.md)', 'README.md leads to no file'],
    ['[x](b.md#stops)', 'b.md#stops leads to no heading'],
    ['[x](b.md#twice-2)', 'b.md#twice-2 leads to no heading'],
    ['[x](b.md#no-heading)', 'b.md#no-heading leads to no heading'],
    ['[x](#here)', '#here leads to no heading'],
    ['[x](../src/main.ts#here)', '../src/main.ts#here leads into a file whose headings are not known'],
    ['<img src="x.png">', 'x.png leads to no file'],
    ['see `src/gone.ts`', '`src/gone.ts` is no file'],
  ])('finds what is wrong with %j', (text, finding) => {
    expect(judge(text)).toEqual([`docs/a.md: ${finding}`]);
  });
});
