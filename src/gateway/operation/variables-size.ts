/** How much the variables of an operation hold, as JSON. Pure. */

/**
 * Counts the characters of all texts and names, and eight for every other value, without stopping at depth: it calls
 * itself for nothing. Ends as soon as there are more than `most`.
 */
export function sizeOfValues(values: unknown, most: number): number {
  const open = [values];
  let size = 0;
  while (open.length > 0 && size <= most) {
    const value = open.pop();
    if (typeof value === 'string') size += value.length;
    else size += 8;
    if (Array.isArray(value)) for (const each of value) open.push(each);
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) {
        size += name.length;
        open.push(each);
      }
  }
  return size;
}
