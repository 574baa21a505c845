/**
 * What a page shows beside a list of balances: a countdown, a button to go on, a message. Every client's kit turns its
 * own errors into this. It needs no package: copy it as it is.
 */

/** What a page shows. */
export type Notice =
  /** "We found nobody by this number." The search itself went well. */
  | { readonly show: 'no-such-customer' }
  /** "There may be more", and a button. It loads the page after the cursor `after`, once `inSeconds` are over. */
  | { readonly show: 'go-on'; readonly after: string; readonly inSeconds: number }
  /** A button that asks for the very same again: a countdown of `inSeconds` first, or at once if it is 0. */
  | { readonly show: 'try-again'; readonly inSeconds: number }
  /** The message: the same request fails again. `argument` names the field of a form, such as `identifier.value`. */
  | {
      readonly show: 'give-up';
      readonly message: string;
      readonly code?: string | undefined;
      readonly argument?: string | undefined;
    };

/** An error as it stands in an answer. */
export type AnswerError = {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
};

/** An answer that is of no use because of its errors. Kits that talk to the gateway themselves throw it. */
export class AnswerErrors extends Error {
  readonly errors: readonly AnswerError[];
  constructor(errors: readonly AnswerError[]) {
    super(errors[0]?.message);
    this.name = 'AnswerErrors';
    this.errors = errors;
  }
}

/** What a notice needs of a list. */
type List = {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
  readonly warnings: readonly {
    readonly code?: string | null | undefined;
    readonly retryAfter?: number | null | undefined;
  }[];
};

/**
 * The notice of a request that failed. `errors` are those of the answer; none means that no answer came. With `path`,
 * such as `['customer', 'promised']`, errors of other fields do not count, and the result may be `undefined`.
 */
export function noticeOfErrors(errors: readonly AnswerError[]): Notice;
export function noticeOfErrors(
  errors: readonly AnswerError[],
  path: readonly (string | number)[] | undefined,
): Notice | undefined;
export function noticeOfErrors(
  errors: readonly AnswerError[],
  path?: readonly (string | number)[],
): Notice | undefined {
  if (errors.length === 0) return { show: 'try-again', inSeconds: 0 };
  const error = errors.find((each) => path === undefined || concerns(each, path));
  if (error === undefined) return undefined;
  const { code, retryable, retryAfter, argument } = error.extensions ?? {};
  if (retryable === true) return { show: 'try-again', inSeconds: Number(retryAfter ?? 0) };
  return { show: 'give-up', message: error.message, code: text(code), argument: text(argument) };
}

/** An error of the whole request, of the field itself, or of a field around it. */
function concerns({ path: failed = [] }: AnswerError, path: readonly (string | number)[]): boolean {
  return failed.slice(0, path.length).every((step, index) => step === path[index]);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Whether an error stands at a customer itself, or at the whole request. Such a customer is null in the answer, as is one
 * that does not exist. A cache cannot tell them apart, so it must not see the answer.
 */
export function hasFailedCustomer(errors: readonly Pick<AnswerError, 'path'>[]): boolean {
  return errors.some(({ path = [] }) => path.length < 2 || typeof path.at(-1) === 'number');
}

/**
 * The notice of an answer without an error. `undefined`: there is nothing to say.
 * A balance that is null without an error failed earlier, and a cache kept the null: ask again.
 */
export function noticeOfAnswer(
  customer: object | null | undefined,
  list: List | null | undefined,
): Notice | undefined {
  if (customer === null) return { show: 'no-such-customer' };
  if (customer === undefined) return undefined;
  if (!list) return { show: 'try-again', inSeconds: 0 };
  const end = list.warnings.find(({ code }) => code === 'LIST_INCOMPLETE');
  const after = list.pageInfo.endCursor;
  return end && typeof after === 'string'
    ? { show: 'go-on', after, inSeconds: end.retryAfter ?? 0 }
    : undefined;
}

/**
 * Whether endless scrolling may load the next page by itself. After an error or a list that ended early only a person
 * may: a page that fills itself would spend one call after the other on an upstream that fails.
 */
export function maySelfLoad(list: List | null | undefined, notice: Notice | undefined): boolean {
  return notice === undefined && list?.pageInfo.hasNextPage === true;
}
