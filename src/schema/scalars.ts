/**
 * The custom scalars. Both are strings in JSON, both refuse what is not exactly of their form.
 */
import { GatewayError } from '../errors.ts';
import { builder } from './builder.ts';
import { hasZone, readLocalDateTime } from './local-date-time.ts';

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
