/** Remembers the last result of a pure function. It reads header values, which are mostly equal from request to request. */

/** Returns a function that calls `read` only for a value other than the last one. `read` must be pure. */
export function rememberLast<Given, Read>(read: (given: Given) => Read): (given: Given) => Read {
  let last: { readonly given: Given; readonly read: Read } | undefined;
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, read: read(given) };
    return last.read;
  };
}
