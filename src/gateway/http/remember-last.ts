/** Reads of header values, which hardly differ from one request to the next. */

/** The same function, which computes nothing when it is asked the same again. The function must be pure. */
export function rememberLast<Given, Read>(read: (given: Given) => Read): (given: Given) => Read {
  let last: { readonly given: Given; readonly read: Read } | undefined;
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, read: read(given) };
    return last.read;
  };
}
