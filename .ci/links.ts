/**
 * Finds broken links in the documents: relative links and images, anchors, and paths of files in backticks. It does not
 * check addresses of other sites.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The documents by path. `hasFile` takes a path from the root of the repository. */
export type Documents = {
  readonly texts: ReadonlyMap<string, string>;
  readonly hasFile: (path: string) => boolean;
};

/** The README, the changelog and docs/ of the repository in the current folder. */
export function readDocuments(): Documents {
  const guides = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const paths = ['README.md', 'CHANGELOG.md', ...guides.map((name) => `docs/${name}`)];
  return { texts: new Map(paths.map((path) => [path, readFileSync(path, 'utf8')])), hasFile: existsSync };
}

/** The broken links, each as `document: link …`. */
export function brokenLinks({ texts, hasFile }: Documents): readonly string[] {
  return [...texts].flatMap(([path, text]) => {
    const prose = withoutCode(text);
    const links = linksIn(prose).filter((link) => !/^[a-z]+:/.test(link));
    const namedFiles = [...new Set(filesNamedIn(prose))].filter((file) => !hasFile(file));
    return [
      ...links.flatMap((link) => judge(path, link, { texts, hasFile }) ?? []),
      ...namedFiles.map((file) => `${path}: \`${file}\` is no file`),
    ];
  });
}

function judge(from: string, link: string, { texts, hasFile }: Documents): string | undefined {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? from : posix.join(posix.dirname(from), target);
  if (!hasFile(path)) return `${from}: ${link} leads to no file`;
  if (anchor === undefined) return undefined;
  const text = texts.get(path);
  if (text === undefined) return `${from}: ${link} leads into a file whose headings are not known`;
  return anchorsOf(text).has(anchor) ? undefined : `${from}: ${link} leads to no heading`;
}

/** The text without its blocks of code, in which a link is an example. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Links and images in Markdown and HTML, except those in backticks. */
function linksIn(prose: string): readonly string[] {
  const text = prose.replace(/(?<!\[)`[^`\n]*`/g, '');
  return [
    ...[...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, link = '']) => link),
    ...[...text.matchAll(/\b(?:href|src|srcset)="([^"\s]+)"/g)].map(([, link = '']) => link),
  ];
}

/** Paths in backticks that begin with a folder of the repository: `src/main.ts`, `test/ledger/`. */
function filesNamedIn(prose: string): readonly string[] {
  const folders = /`((?:\.ci|clients|deploy|docs|requests|src|test)\/[\w./-]*)`/g;
  return [...prose.matchAll(folders)].map(([, path = '']) => path);
}

/**
 * The anchors of the headings, as GitHub makes them: lower case, without punctuation, hyphens for spaces, and a number
 * for a repeated heading.
 */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
}
