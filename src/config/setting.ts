/**
 * The kinds of value that a setting can take: how its text is read, and what is said of a text that does
 * not fit. Knows no setting by name.
 */

/** A text that was read, or what to say was got instead. `got` goes to the log: it never repeats a secret. */

export type Parsed<T> = { readonly value: T } | { readonly got: string };

/** One setting: how it is read and what docs/settings.md says of it. Its name is its key in the table. */
export type Setting<T> = {
  /** Completes the sentence "takes …". */
  readonly takes: string;
  readonly parse: (text: string) => Parsed<T>;
  /** The value when the variable is unset. */
  readonly byDefault: T;
  /** The default as docs/settings.md shows it, where the value itself does not say enough. */
  readonly shownDefault?: string;
  /** What it is for and why its default is what it is, in full sentences, as Markdown. */
  readonly meaning: string;
  /** True: the value is never shown, and may also be given as the path of a file, in NAME_FILE. */
  readonly secret?: true;
  /** True: the variable's name in lower case is read as well, and first, as curl does. */
  readonly lowerCaseToo?: true;
};

type Told<T> = Pick<Setting<T>, 'byDefault' | 'meaning' | 'shownDefault'>;

const longestShown = 60;

/** A value as a problem shows it: quoted, escaped, and cut where it is long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);

/** A whole number within bounds, both included, written in plain decimal digits. */
export const integer = <T extends number | undefined>({
  min,
  max,
  ...told
}: Told<T> & { readonly min: number; readonly max: number }): Setting<T | number> => ({
  ...told,
  takes: `a whole number from ${min} to ${max}`,
  parse: (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { got: quoted(text) };
  },
});

/** Yes or no. Only the two words: a guess at `yes` or `on` would be wrong in the unsafe direction for someone. */
export const flag = (told: Told<boolean>): Setting<boolean> => ({
  ...told,
  takes: '`true` or `false`',
  parse: (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : { got: quoted(text) }),
});

/** One of a few words. */
export const choice = <T extends string>(words: readonly T[], told: Told<T>): Setting<T> => ({
  ...told,
  takes: `one of ${words.map((word) => `\`${word}\``).join(', ')}`,
  parse: (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { got: quoted(text) } : { value };
  },
});

/** A text that must match a pattern. */
export const freeText = <T extends string | undefined>({
  pattern,
  takes,
  ...told
}: Told<T> & { readonly pattern: RegExp; readonly takes: string }): Setting<T | string> => ({
  ...told,
  takes,
  parse: (given) => (pattern.test(given) ? { value: given } : { got: quoted(given) }),
});

/**
 * A secret of at least `min` characters that matches a pattern. White space around it is refused: it comes from copying,
 * cannot be seen, and would make another secret of it. A problem tells its length, never its value.
 */
export const secret = ({
  min = 1,
  pattern = /^/,
  takes,
  ...told
}: Omit<Told<undefined>, 'byDefault'> & {
  readonly min?: number;
  readonly pattern?: RegExp;
  readonly takes: string;
}): Setting<string | undefined> => ({
  ...told,
  takes,
  byDefault: undefined,
  secret: true,
  parse: (given) => {
    const length = [...given].length;
    if (given !== given.trim())
      return { got: `${length} characters with white space or line ends around them` };
    return length >= min && pattern.test(given)
      ? { value: given }
      : { got: `${length} characters that do not fit` };
  },
});
