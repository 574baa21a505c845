/**
 * Measures how deep a GraphQL document nests: first its text, before anything recurses into it, and then its selections,
 * with fragments opened. The text is also measured for long names and many lines. Pure.
 */
import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../../schema/selection.ts';

const [newLine, quote, hash, backslash] = [0x0a, 0x22, 0x23, 0x5c];

/**
 * Whether a text has more than `most` lines. A carriage return with a line feed counts as two, which is near enough for a
 * bound. Node searches a long line faster than a loop over its characters.
 */
export function hasMoreLines(text: string, most: number): boolean {
  let lines = 1;
  for (const lineEnd of ['\n', '\r'])
    for (let at = text.indexOf(lineEnd); at >= 0 && lines <= most; at = text.indexOf(lineEnd, at + 1))
      lines += 1;
  return lines > most;
}

/**
 * Measures the text of a document, without its strings and comments (GraphQL, sections 2.1.4 and 2.9.4): `depth`, the most
 * brackets of any kind that are open at once, and the length of the longest name, in characters. Of a text that is not GraphQL
 * it counts at least what a parser would read. It takes a few nanoseconds per character, and almost none for comments if they
 * are long: bound the lines first.
 */
export function measureText(given: string) {
  const text = given.includes('\r') ? given.replaceAll('\r', '\n') : given;
  let [depth, deepest, longestName, nameLength] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    nameLength = isNamePart(code) ? nameLength + 1 : 0;
    longestName = Math.max(longestName, nameLength);
    if (code === hash) at = endOfLine(text, at);
    else if (code === quote) at = endOfString(text, at);
    else if (isOpening(code)) deepest = Math.max(deepest, ++depth);
    else if (isClosing(code)) depth -= 1;
  }
  return { depth: deepest, longestName };
}

/** Letters, digits and `_` (GraphQL, section 2.1.9). */
const isNamePart = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x5f;

/** `(`, `[` and `{`. */
const isOpening = (code: number): boolean => code === 0x28 || code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === 0x29 || code === 0x5d || code === 0x7d;

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** Where the string that begins here ends. An open string ends with its line, an open block with the text. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) return endOfBlock(text, start);
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote || code === newLine) break;
    if (code === backslash) at += 1;
  }
  return at;
}

function endOfBlock(text: string, start: number): number {
  let at = text.indexOf('"""', start + 3);
  while (at >= 0 && text.charCodeAt(at - 1) === backslash) at = text.indexOf('"""', at + 3);
  return at < 0 ? text.length : at + 2;
}

/**
 * Counts how many selection sets nest in one another, with every fragment opened where it is spread. Stops at `most` levels,
 * and returns more than `most` if there are more. Validation refuses fragments that spread themselves.
 */
export function selectionDepth(document: DocumentNode, most: number): number {
  const fragments = fragmentsOf(document);
  const known = new Map<string, number>();

  function depthOf(set: SelectionSetNode | undefined, room: number): number {
    if (set === undefined) return 0;
    if (room === 0) return 1;
    const depthBelow = (each: SelectionNode) =>
      each.kind === Kind.FRAGMENT_SPREAD
        ? spreadDepth(each.name.value, room - 1)
        : depthOf(each.selectionSet, room - 1);
    return 1 + set.selections.reduce((deepest, each) => Math.max(deepest, depthBelow(each)), 0);
  }

  function spreadDepth(name: string, room: number): number {
    const depth = known.get(name);
    if (depth !== undefined) return depth;
    known.set(name, 0); // Ends the recursion of a fragment that spreads itself.
    const found = depthOf(fragments[name]?.selectionSet, room);
    known.set(name, found);
    return found;
  }

  return document.definitions.reduce(
    (deepest, each) => Math.max(deepest, 'selectionSet' in each ? depthOf(each.selectionSet, most) : 0),
    0,
  );
}
