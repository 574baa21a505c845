/** How much the variables of an operation hold, as JSON. Pure. */

/** Characters of all texts and names, with 64 for every value; and items of the longest list. */
export type VariablesSize = { readonly characters: number; readonly longestList: number };

/** What a value takes in memory besides its text, in bytes: of a text of JSON it may be two. */
const charactersOfValue = 64;

/** Counts at any depth, and calls itself for nothing. Ends as soon as there are more characters than `most`. */
export function sizeOfValues(values: unknown, most: number): VariablesSize {
  const open = [values];
  let [characters, longestList] = [0, 0];
  while (open.length > 0 && characters <= most) {
    const value = open.pop();
    characters += charactersOfValue + (typeof value === 'string' ? value.length : 0);
    if (Array.isArray(value)) {
      longestList = Math.max(longestList, value.length);
      for (const each of value) open.push(each);
    } else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) {
        characters += name.length;
        open.push(each);
      }
  }
  return { characters, longestList };
}
