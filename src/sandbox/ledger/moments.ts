/** Judges moments written `YYYY-MM-DDThh:mm:ss` without a zone. Such texts sort as the moments do. */

const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** Whether the text is a real calendar moment in exactly that form: 30 February is not. */
export function isMoment(text: string): boolean {
  if (!pattern.test(text)) return false;
  const moment = new Date(`${text}Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}
