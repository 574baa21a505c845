/** The moments that the page offers for "as of": now, and the ends of past months. Pure. */

/** A moment: what it is called, and the `endDate` that asks for it. */
export type Moment = { readonly label: string; readonly endDate: string | undefined };

/** How many months back. The demonstration members' histories begin before that. */
const mostMonths = 36;

/** The moments from the oldest to now. `endDate` has no zone: it is the moment on the programme's own clock. */
export function momentsUntil(today: Date, locale?: string): readonly Moment[] {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const ends = Array.from({ length: mostMonths }, (_, index) => {
    // Day 0 is the last day of the month before.
    const end = new Date(Date.UTC(today.getFullYear(), today.getMonth() - (mostMonths - 1 - index), 0));
    return {
      label: `End of ${format.format(end)}`,
      endDate: `${end.toISOString().slice(0, 10)}T23:59:59`,
    };
  });
  return [...ends, { label: 'Now', endDate: undefined }];
}
