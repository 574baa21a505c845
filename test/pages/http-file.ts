/**
 * Reads `.http` files as the REST Client extension reads requests of the type GraphQL: the first empty line ends
 * the headers, the second one the document, and the rest are the variables.
 */

/** One request of a file. Variables of the file, such as `{{host}}`, are left as they are. */
export type HttpRequest = {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables: unknown;
};

/** The requests of a file, in order. */
export function parseHttpFile(text: string): readonly HttpRequest[] {
  return text
    .split(/^### */m)
    .slice(1)
    .map(parseRequest);
}

function parseRequest(section: string): HttpRequest {
  const [name = '', ...lines] = section.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const [head = '', query = '', ...rest] = lines.slice(start).join('\n').split('\n\n');
  const [target = '', ...headerLines] = head.split('\n');
  const [method = '', url = ''] = target.split(' ');
  const headers = Object.fromEntries(headerLines.map((line) => line.split(/: (.*)/).slice(0, 2)));
  if (headers['X-REQUEST-TYPE'] !== 'GraphQL') throw new Error(`${name} is not of the type GraphQL`);
  return { name, method, url, headers, query, variables: JSON.parse(rest.join('\n\n')) };
}
