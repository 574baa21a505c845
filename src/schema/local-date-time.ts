/**
 * What a LocalDateTime looks like. Pure.
 */

const form = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/**
 * Whether a text is a moment that the Gregorian calendar has, as `YYYY-MM-DDThh:mm:ss`. Narrower than its
 * public specification, which also allows fractions of a second: the upstream's parameter does not.
 */
export function isLocalDateTime(text: string): boolean {
  const [, year, month, day] = form.exec(text) ?? [];
  return year !== undefined && isDate(Number(year), Number(month), Number(day));
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const daysIn = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1 && day >= 1 && day <= (daysIn[month - 1] ?? 0);
}
