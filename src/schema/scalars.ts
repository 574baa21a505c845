/**
 * The scalars: Decimal and LocalDateTime, and an ID that loses no digits. All are strings in JSON, and refuse every value
 * that does not have exactly their form.
 */
import { GraphQLID, Kind, type ValueNode } from 'graphql';
import { GatewayError } from '../errors.ts';
import { builder } from './builder.ts';

const decimalForm = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

builder.scalarType('Decimal', {
  description:
    'A decimal number as a string, every digit kept as it was sent: `"30000.000"`. Never pass it through a ' +
    'floating-point number.',
  specifiedByURL: 'https://www.w3.org/TR/xmlschema11-2/#decimal',
  serialize: (value) => value,
  parseValue(value) {
    if (typeof value === 'string' && decimalForm.test(value)) return value;
    throw new GatewayError('BAD_USER_INPUT', 'Decimal takes a string such as "30000.000"');
  },
});

const noMoment =
  'LocalDateTime takes a real calendar moment as YYYY-MM-DDThh:mm:ss, such as "2026-01-31T23:59:59"; the seconds may ' +
  'be left out';
const noZone =
  "LocalDateTime has no time zone and no fractions of a second: it is a moment on the clocks of the programme's own " +
  'time zone, which the gateway does not know, so it cannot convert one. Send that moment as YYYY-MM-DDThh:mm:ss, not ' +
  'what `toISOString()` gives';

builder.scalarType('LocalDateTime', {
  description:
    'A moment on the calendar and the clock without a time zone, to the second: `"2026-01-31T23:59:59"`. As input the ' +
    "seconds may be left out, which means `:00`. The programme's own time zone is meant. The moment must exist: there is " +
    'no 30th of February and no hour 24.',
  specifiedByURL: 'https://scalars.graphql.org/chillicream/local-date-time.html',
  serialize: (value) => value,
  parseValue(value) {
    const moment = typeof value === 'string' ? readLocalDateTime(value) : undefined;
    if (moment !== undefined) return moment;
    throw new GatewayError('BAD_USER_INPUT', typeof value === 'string' && hasZone(value) ? noZone : noMoment);
  },
});

const localForm = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/**
 * Reads a moment of the Gregorian calendar, written `YYYY-MM-DDThh:mm:ss`, or without the seconds, as
 * `<input type="datetime-local">` gives it. Narrower than the public specification, which also allows fractions of a
 * second: the upstream's parameter does not.
 * @returns the spelling with seconds, `:00` where they were left out; undefined for anything else.
 */
function readLocalDateTime(text: string): string | undefined {
  const [, year, month, day, seconds] = localForm.exec(text) ?? [];
  if (year === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined;
  return seconds === undefined ? `${text}:00` : text;
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const daysIn = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1 && day >= 1 && day <= (daysIn[month - 1] ?? 0);
}

/** A moment that fractions of a second or a zone may follow, as `Date.prototype.toISOString` writes it. */
const zonedForm = /^(.{16}(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** Whether a text is a moment with fractions of a second or a zone after it. */
function hasZone(text: string): boolean {
  const [, moment] = zonedForm.exec(text) ?? [];
  return moment !== undefined && moment !== text && readLocalDateTime(moment) !== undefined;
}

/**
 * ID without loss of digits. graphql's own ID takes any integral JSON number, though JSON parsing has rounded a long one:
 * `9007199254740993` would ask for the account …992. A literal is text and keeps every digit. The type is changed in place,
 * because Pothos builds every schema with this one object.
 */
Object.assign(GraphQLID, {
  description: 'An id as a string. Takes an integer too, as a JSON number only up to 9007199254740991.',
  serialize: String,
  parseValue(value: unknown) {
    if (typeof value === 'string') return value;
    if (Number.isSafeInteger(value)) return String(value);
    throw wrongId();
  },
  parseLiteral(node: ValueNode) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
    throw wrongId();
  },
} satisfies Partial<typeof GraphQLID>);

function wrongId(): GatewayError {
  const message =
    'ID takes a string, or an integer; in JSON one beyond 9007199254740991 loses digits, so send it as a string';
  return new GatewayError('BAD_USER_INPUT', message);
}
