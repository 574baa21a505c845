/** The kinds of settings: how the text of each is parsed, and how a problem shows it. Knows no setting by name. */

/** A parsed value; or `got`, the description of a wrong text. It goes to the log and never contains a secret. */
export type Parsed<T> = { readonly value: T } | { readonly got: string };

/** One setting: how it is parsed, and its text in docs/settings.md. Its name is its key in the table. */
export type Setting<T> = {
  /** Completes the sentence "takes …". */
  readonly takes: string;
  readonly parse: (text: string) => Parsed<T>;
  /** The value when the variable is unset. */
  readonly byDefault: T;
  /** The default as docs/settings.md shows it. Without it, the value is shown. */
  readonly shownDefault?: string;
  /** What it is for, and why it has this default: full sentences, as Markdown. */
  readonly meaning: string;
  /** The value is never shown. It may also come from a file, whose path is in NAME_FILE. */
  readonly secret?: true;
  /** The name in lower case is read first, then the name in upper case, as curl does. */
  readonly lowerCaseToo?: true;
};

type Described<T> = Pick<Setting<T>, 'byDefault' | 'meaning' | 'shownDefault'>;

const longestShown = 60;

/** A value as a problem shows it: quoted, escaped, and shortened if it is long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);

/** A whole number from `min` to `max`, in decimal digits. */
export function integer<T extends number | undefined>(
  min: number,
  max: number,
  described: Described<T>,
): Setting<T | number> {
  return {
    ...described,
    takes: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { value } : { got: quoted(text) };
    },
  };
}

/** `true` or `false`. Other words such as `yes` are refused, because a wrong guess could be unsafe. */
export const flag = (described: Described<boolean>): Setting<boolean> => ({
  ...described,
  takes: '`true` or `false`',
  parse: (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : { got: quoted(text) }),
});

/** One of the given words. */
export const choice = <T extends string>(words: readonly T[], described: Described<T>): Setting<T> => ({
  ...described,
  takes: `one of ${words.map((word) => `\`${word}\``).join(', ')}`,
  parse: (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { got: quoted(text) } : { value };
  },
});

/** A text that must match a pattern. */
export const freeText = (
  pattern: RegExp,
  described: Described<string> & Pick<Setting<string>, 'takes'>,
): Setting<string> => ({
  ...described,
  parse: (given) => (pattern.test(given) ? { value: given } : { got: quoted(given) }),
});

/**
 * A secret of at least `min` characters that matches `pattern`. White space around it is refused: copying may add it, and
 * nobody sees that the secret has changed. A problem shows the length, never the value.
 */
export function secret({
  min = 1,
  pattern = /^/,
  ...described
}: Pick<Setting<undefined>, 'takes' | 'meaning' | 'shownDefault'> & {
  readonly min?: number;
  readonly pattern?: RegExp;
}): Setting<string | undefined> {
  return {
    ...described,
    byDefault: undefined,
    secret: true,
    parse: (given) => {
      const length = [...given].length;
      if (given !== given.trim())
        return { got: `${length} characters with white space or line ends around them` };
      if (length < min) return { got: `${length} characters` };
      return pattern.test(given) ? { value: given } : { got: 'a character that it must not have' };
    },
  };
}
