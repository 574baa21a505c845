/**
 * Enum values with their descriptions, so that the compiler finds a value that has none.
 */

/** From a description for every member of `Name` to what Pothos takes as `values`. */
export function describedValues<Name extends string>(
  descriptions: Readonly<Record<Name, string>>,
): { [N in Name]: { value: N; description: string } } {
  const names = Object.keys(descriptions) as Name[];
  const values = names.map((name) => [name, { value: name, description: descriptions[name] }]);
  return Object.fromEntries(values);
}
