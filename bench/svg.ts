/** The little of SVG that the plots need: text, lines, boxes, logarithmic scales, and colours for light and dark. Pure. */

/** From a value to a coordinate. */
export type Scale = (value: number) => number;

/** A logarithmic scale over a stretch of coordinates. */
export function logScale(values: readonly [number, number], coordinates: readonly [number, number]): Scale {
  const [low, high] = values;
  const [start, end] = coordinates;
  return (value) => start + ((end - start) * Math.log(value / low)) / Math.log(high / low);
}

const round = (coordinate: number): number => Math.round(coordinate * 10) / 10;

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? round(value) : value}"`)
    .join('');

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** An element without content. */
export function shape(name: string, values: Readonly<Record<string, string | number>>): string {
  return `<${name}${attributes(values)}/>`;
}

/** A text at a point. */
export function label(text: string, values: Readonly<Record<string, string | number>>): string {
  return `<text${attributes(values)}>${escapeText(text)}</text>`;
}

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .quiet { font-size: 11px; fill: #59636e } .title { font-weight: 600 }
  .ours { fill: #0969da; stroke: #0969da } .other { fill: #afb8c1 } .none { fill: none }
  .grid { stroke: #d1d9e0 } .spread { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .ours { fill: #4493f8; stroke: #4493f8 } .other { fill: #656c76 }
    .none { fill: none } .grid { stroke: #3d444d } .spread { stroke: #f0f6fc }
  }
`;

/** A drawing of these elements. `description` is what is read to who does not see it. */
export function drawing(
  {
    width,
    height,
    description,
  }: { readonly width: number; readonly height: number; readonly description: string },
  elements: readonly string[],
): string {
  const box = attributes({ width, height, viewBox: `0 0 ${width} ${round(height)}`, role: 'img' });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"${box}>`,
    `<title>${escapeText(description)}</title>`,
    `<style>${style}</style>`,
    ...elements,
    '</svg>\n',
  ].join('\n');
}

/** 1, 2, 5, 10, 20, … from a value up to one that is not exceeded. */
export function ticks(low: number, high: number): readonly number[] {
  const decades = Array.from({ length: 10 }, (_, decade) => 10 ** (decade - 1));
  return decades
    .flatMap((decade) => [decade, 2 * decade, 5 * decade])
    .filter((tick) => tick >= low && tick <= high);
}
