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
export const isUtf8 = ({ parameters }: MediaType): boolean =>
  /^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8');

/** A media range of an `Accept` header. Clients prefer by weight, then by exactness, then by position. */
type Range = {
  readonly name: string;
  readonly weight: number;
  readonly exactness: number;
  readonly position: number;
};

/**
 * Returns the offer with the highest weight in an `Accept` header; undefined when the header accepts none. Of equal offers
 * the first one wins. A missing or empty header accepts everything. Every offer is sent in UTF-8.
 */
export function preferredType<Offer extends string>(
  accept: string | null,
  offers: readonly Offer[],
): Offer | undefined {
  const ranges = rangesIn(accept?.trim() ? accept : '*/*').sort(
    (one, other) => other.exactness - one.exactness || comparePreference(one, other),
  );
  const [preferred] = offers
    .flatMap((offer) => {
      // The most exact range that covers an offer decides about it: `text/*, text/html;q=0` refuses HTML.
      const names = [offer, offer.replace(/\/.*$/, '/*'), '*/*'];
      const range = ranges.find(({ name }) => names.includes(name));
      return range === undefined || range.weight === 0 ? [] : [{ ...range, offer }];
    })
    .sort(comparePreference);
  return preferred?.offer;
}

const comparePreference = (one: Range, other: Range): number =>
  other.weight - one.weight || other.exactness - one.exactness || one.position - other.position;

/** The parts of a list between commas. A comma within quotes does not separate parts. */
const listForm = /(?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g;

/** A weight from 0 to 1. The grammar allows three decimals; more are accepted too. */
const weightForm = /^(0(\.\d*)?|1(\.0*)?)$/;

/** Reads the ranges of an `Accept` header. Leaves out malformed ones, and those with parameters that no answer has. */
function rangesIn(accept: string): Range[] {
  return (accept.match(listForm) ?? []).flatMap((text, position) => {
    const type = parseMediaType(text);
    const weight = type?.parameters.get('q') ?? '1';
    if (type === undefined || !weightForm.test(weight) || !isUtf8(type)) return [];
    const { name, parameters } = type;
    if ([...parameters.keys()].some((each) => each !== 'q' && each !== 'charset')) return [];
    const exactness = name === '*/*' ? 0 : name.endsWith('/*') ? 1 : parameters.has('charset') ? 3 : 2;
    return [{ name, weight: Number(weight), position, exactness }];
  });
}
