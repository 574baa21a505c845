/** Reads `/metrics`, as a scraper does. */

/** Series by name and labels as they are printed, such as `a_total{by="shared"}`. */
export type Series = ReadonlyMap<string, number>;

/** Parses the text format. Throws on a line of another form. */
export function parseMetrics(text: string): Series {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map(parseSample));
}

function parseSample(line: string): [string, number] {
  const [, name, value] =
    /^([a-z_][a-z\d_]*(?:\{(?:[a-z_]+="[^"]*",?)+\})?) (-?[\d.e+-]+|\+Inf|nan)$/i.exec(line) ?? [];
  if (name === undefined) throw new Error(`No sample: ${line}`);
  return [name.replaceAll(',}', '}'), value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)];
}

/** The sum over all series of a metric, or of those with this label. */
export function total(series: Series, name: string, label = ''): number {
  return [...series]
    .filter(([key]) => (key === name || key.startsWith(`${name}{`)) && key.includes(label))
    .reduce((sum, [, value]) => sum + value, 0);
}

/** Scrapes a gateway, or anything that answers like one. */
export async function scrape(gateway: {
  readonly fetch: (request: Request) => Promise<Response>;
}): Promise<Series> {
  const response = await gateway.fetch(new Request('http://gateway.test/metrics'));
  return parseMetrics(await response.text());
}
