/**
 * Parses media types, and chooses the one that a client prefers (RFC 9110, sections 8.3.1, 5.6.6 and 12.5.1). Pure.
 */

/** A media type or a media range: `application/json`, `text/*`. Names are in lower case, values as they were written. */
export type MediaType = { readonly name: string; readonly parameters: ReadonlyMap<string, string> };

const token = "[!#$%&'*+.^_`|~\\w-]+";
const nameForm = new RegExp(`^${token}/${token}`);

/** One parameter: `; name=value`, `; name="value"`, or a semicolon alone. Sticky: it must follow the one before directly. */
const parameterForm = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?`,
  'gy',
);

/** Reads a media type. Returns undefined when it is malformed, or has one parameter twice. */
export function parseMediaType(text: string): MediaType | undefined {
  const trimmed = text.trim();
  const [name] = nameForm.exec(trimmed) ?? [];
  if (name === undefined) return undefined;
  const parameters = new Map<string, string>();
  let readTo = name.length;
  for (const [part, parameter, plain, quoted = ''] of trimmed.slice(name.length).matchAll(parameterForm)) {
    readTo += part.length;
    if (parameter === undefined) continue;
    if (parameters.has(parameter.toLowerCase())) return undefined;
    parameters.set(parameter.toLowerCase(), plain ?? quoted.replace(/\\(.)/g, '$1'));
  }
  return readTo === trimmed.length ? { name: name.toLowerCase(), parameters } : undefined;
}

/** Whether the charset of a media type is UTF-8 or left out. The spellings `utf-8` and `utf8` are both common. */
export function isUtf8({ parameters }: MediaType): boolean {
  return /^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8');
}

/** How much a client prefers a type: by weight, then by how exactly it named the type, then by what it named first. */
type Preference = { readonly weight: number; readonly exactness: number; readonly position: number };

type Range = Preference & { readonly name: string };

/**
 * Returns the offer with the highest weight in an `Accept` header; undefined when the header accepts none. Of equal offers
 * the first one wins. A missing or empty header accepts everything. Every offer is sent in UTF-8.
 */
export function preferredType<Offer extends string>(
  accept: string | null,
  offers: readonly Offer[],
): Offer | undefined {
  const ranges = rangesIn(accept?.trim() ? accept : '*/*');
  const wanted = offers.flatMap((offer) => {
    const preference = preferenceFor(offer, ranges);
    return preference === undefined || preference.weight === 0 ? [] : [{ offer, preference }];
  });
  return wanted.sort((one, other) => comparePreferences(one.preference, other.preference))[0]?.offer;
}

/** The parts of a list between commas. A comma within quotes does not separate parts. */
const listForm = /(?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g;

/** A weight from 0 to 1. The grammar allows three decimals; more are accepted too. */
const weightForm = /^(0(\.\d*)?|1(\.0*)?)$/;

/** Reads the ranges of an `Accept` header. Leaves out malformed ones, and those with parameters that no answer has. */
function rangesIn(accept: string): readonly Range[] {
  return (accept.match(listForm) ?? []).flatMap((text, position) => {
    const type = parseMediaType(text);
    const weight = type?.parameters.get('q') ?? '1';
    if (type === undefined || !weightForm.test(weight) || !isServed(type)) return [];
    return [{ name: type.name, weight: Number(weight), position, exactness: exactnessOf(type) }];
  });
}

function isServed(range: MediaType): boolean {
  return [...range.parameters.keys()].every((name) => name === 'q' || name === 'charset') && isUtf8(range);
}

function exactnessOf({ name, parameters }: MediaType): number {
  if (name === '*/*') return 0;
  if (name.endsWith('/*')) return 1;
  return parameters.has('charset') ? 3 : 2;
}

/** The most exact range that covers an offer decides about it: `text/*, text/html;q=0` refuses HTML. */
function preferenceFor(offer: string, ranges: readonly Range[]): Preference | undefined {
  const names = [offer, offer.replace(/\/.*$/, '/*'), '*/*'];
  return ranges
    .filter(({ name }) => names.includes(name))
    .sort((one, other) => other.exactness - one.exactness || comparePreferences(one, other))[0];
}

function comparePreferences(one: Preference, other: Preference): number {
  return other.weight - one.weight || other.exactness - one.exactness || one.position - other.position;
}
