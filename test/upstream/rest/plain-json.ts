/** JSON texts of every form, and a slow reader without any shortcut, which says what they mean. */

import fc from 'fast-check';

const manyOf = (unit: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(unit, { minLength, maxLength }).map((parts) => parts.join(''));
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const space = manyOf(fc.constantFrom(' ', '\t', '\n', '\r'), 0, 2);
const digits = (most: number) => manyOf(fc.constantFrom(...'0123456789'), 1, most);
const anyNumber = joined(
  fc.constantFrom('', '-'),
  fc.oneof(fc.constant('0'), joined(fc.constantFrom(...'123456789'), fc.oneof(fc.constant(''), digits(20)))),
  fc.oneof(
    fc.constant(''),
    digits(4).map((fraction) => `.${fraction}`),
  ),
  fc.oneof(fc.constant(''), joined(fc.constantFrom('e', 'E', 'e+', 'E-'), digits(3))),
);
const number = fc.oneof(
  anyNumber,
  fc.constantFrom('9.50', '9007199254740993', '-9007199254740993', '-0', '0', '999999999999999', '1e3'),
);
/** Pieces of strings that look like other parts of JSON, as they are written. */
const stringPart = fc.constantFrom(
  ...['a', 'b', ':', ': 1.0', ':1234567890123456', ',', '[-0', '{', '}', 'é', '\u2028'],
  ...['\\"', '\\\\', '\\n', '\\/', '\\u0061', '\\u003a', '\\u0022', '\\ud83d'],
);
const string = manyOf(stringPart, 0, 4).map((inner) => `"${inner}"`);
/** Few, so that a member is often named twice, perhaps in another spelling. */
const name = fc.oneof(fc.constantFrom('"a"', '"\\u0061"', '"b"', '"__proto__"', '"1"', '""'), string);

/** A JSON text. */
export const anyJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const value = joined(space, tie('value'), space);
  const member = joined(space, name, space, fc.constant(':'), value);
  const list = (part: fc.Arbitrary<string>) =>
    fc.oneof(
      space,
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(',')),
    );
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      string,
      fc.constantFrom('true', 'false', 'null'),
      list(value).map((inner) => `[${inner}]`),
      list(member).map((inner) => `{${inner}}`),
    ),
  };
}).value;

/** Reads valid JSON, one token after the other. Undefined if an object names a member twice. */
export const readPlainly = (text: string): unknown => {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[-\d.eE+]+|true|false|null|[[\]{}:,]/g) ?? [];
  let at = 0;
  let isRepeated = false;
  const next = (): string => tokens[at++] ?? '';
  const readList = <Part>(end: string, readPart: () => Part): Part[] => {
    const parts: Part[] = [];
    while (tokens[at] !== end) {
      parts.push(readPart());
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return parts;
  };
  const readMember = (): [string, unknown] => {
    const named = String(JSON.parse(next()));
    at += 1; // The colon.
    return [named, read()];
  };
  const read = (): unknown => {
    const token = next();
    if (token === '[') return readList(']', read);
    if (token === '{') {
      const members = readList('}', readMember);
      isRepeated ||= new Set(members.map(([named]) => named)).size < members.length;
      return Object.fromEntries(members);
    }
    return /^[-\d]/.test(token) && String(Number(token)) !== token ? token : JSON.parse(token);
  };
  const value = read();
  return isRepeated ? undefined : value;
};
