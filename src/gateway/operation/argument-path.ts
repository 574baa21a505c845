/**
 * Finds the argument that a wrong value belongs to. graphql's errors hold the node of the value, but not the nodes around
 * it. So this file reads the tokens before the value, back to the parenthesis that opens the arguments.
 */
import { type GraphQLError, Kind, type Token, TokenKind } from 'graphql';

/**
 * Returns the path of the argument that one of graphql's own errors is about, such as `identifiers[3].value`. A wrong
 * variable has the path of the argument that uses it first, or `$name` if no argument uses it.
 * @returns undefined for an error that points at no value.
 */
export function argumentOf({ nodes, message }: GraphQLError): string | undefined {
  const node = nodes?.[0];
  const first = node?.loc?.startToken;
  if (node === undefined || first === undefined) return undefined;
  if (node.kind === Kind.VARIABLE_DEFINITION) {
    const name = node.variable.name.value;
    const use = useOf(name, first);
    return `${use === undefined ? `$${name}` : pathOf(use)}${pathInside(name, message)}${missingField(message)}`;
  }
  if (node.kind === Kind.OBJECT_FIELD) return `${pathOf(openingBefore(first).opening)}.${node.name.value}`;
  return `${pathOf(first)}${missingField(message)}`;
}

/** The first use of a variable after its definition, or else before it: fragments may stand on either side. */
function useOf(name: string, definition: Token): Token | undefined {
  const isUse = ({ kind, next }: Token) =>
    kind === TokenKind.DOLLAR && next?.value === name && next.next?.kind !== TokenKind.COLON;
  for (let token = definition.next; token !== null; token = token.next) if (isUse(token)) return token;
  for (let token = definition.prev; token !== null; token = token.prev) if (isUse(token)) return token;
  return undefined;
}

/** The path of the wrong part of a variable, from graphql's message. Client text cannot imitate it: its quotes are escaped. */
const pathInside = (name: string, message: string): string =>
  new RegExp(` at "${name}((?:\\.\\w+|\\[\\d+\\])+)"; `).exec(message)?.[1] ?? '';

/** The required field that an input object lacks, from graphql's message. Empty for other messages. */
function missingField(message: string): string {
  const [, field] = /\bField "(?:\w+\.)?(\w+)" of required type/.exec(message) ?? [];
  return field === undefined ? '' : `.${field}`;
}

/** The path of the value that begins with a token. */
function pathOf(value: Token): string {
  const before = previousOf(value);
  if (before.kind === TokenKind.EQUALS) return `$${variableBefore(before)}`;
  if (before.kind !== TokenKind.COLON) {
    const { opening, count } = openingBefore(value);
    return opening.kind === TokenKind.SOF ? '' : `${pathOf(opening)}[${count}]`;
  }
  const name = previousOf(before);
  const { opening } = openingBefore(name);
  return opening.kind === TokenKind.BRACE_L ? `${pathOf(opening)}.${name.value}` : name.value;
}

/** The variable whose default value comes next. */
function variableBefore(equals: Token): string {
  let token = equals;
  while (token.prev !== null && token.kind !== TokenKind.DOLLAR) token = token.prev;
  return token.next?.value ?? '';
}

const openings: ReadonlySet<TokenKind> = new Set([
  TokenKind.PAREN_L,
  TokenKind.BRACKET_L,
  TokenKind.BRACE_L,
  TokenKind.SOF,
]);
const closings: ReadonlySet<TokenKind> = new Set([TokenKind.BRACKET_R, TokenKind.BRACE_R]);

/** Finds the bracket that encloses a value, and counts the values of a list between the two. */
function openingBefore(value: Token): { readonly opening: Token; readonly count: number } {
  let depth = 0;
  let count = 0;
  for (let token = previousOf(value); ; token = previousOf(token)) {
    if (openings.has(token.kind)) {
      if (depth === 0) return { opening: token, count };
      depth -= 1;
    }
    if (closings.has(token.kind)) depth += 1;
    // A variable is two tokens; a list or an object counts at the bracket that opens it.
    else if (depth === 0 && token.kind !== TokenKind.DOLLAR) count += 1;
  }
}

/** The token before this one, comments skipped. The start of the document has none, and is returned itself. */
function previousOf(token: Token): Token {
  let before = token.prev ?? token;
  while (before.kind === TokenKind.COMMENT && before.prev !== null) before = before.prev;
  return before;
}
