/**
 * What a LocalDateTime looks like. Pure.
 */

const form = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** The same moment with fractions or a zone behind it, as `Date.prototype.toISOString` writes it. */
const zonedForm = /^(.{16}(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads a moment that the Gregorian calendar has, written `YYYY-MM-DDThh:mm:ss` or without the seconds, as
 * `<input type="datetime-local">` gives it. Narrower than its public specification, which also allows fractions of a
 * second: the upstream's parameter does not.
 * @returns the one spelling with seconds, `:00` where they were left out; undefined for anything else.
 */
export function readLocalDateTime(text: string): string | undefined {
  const [, year, month, day, seconds] = form.exec(text) ?? [];
  if (year === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined;
  return seconds === undefined ? `${text}:00` : text;
}

/** Whether a text would be a moment if it had no fractions of a second and no zone. */
export function hasZone(text: string): boolean {
  const [, moment] = zonedForm.exec(text) ?? [];
  return moment !== undefined && moment !== text && readLocalDateTime(moment) !== undefined;
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const daysIn = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1 && day >= 1 && day <= (daysIn[month - 1] ?? 0);
}
