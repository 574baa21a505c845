/**
 * Prints the story of the API as requests for editors that send `.http` files: the operations of GraphiQL's tabs, with
 * the sandbox's members. Pure.
 */

import { loadConfig } from '../src/config.ts';
import { deriveKeys } from '../src/ledger/sealing/secret-keys.ts';
import { tellStory } from '../src/pages/story.ts';
import { type Chapter, sandboxCast } from '../src/pages/story-cast.ts';

const preface = `# The story of the API, request by request, as GraphiQL's tabs tell it. Start the gateway with \`npm start\`.
# For the REST Client extension of VS Code and for httpYac, which know X-REQUEST-TYPE: GraphQL.
# Printed from src/pages/story.ts by \`npm run readme\`.

@host = http://127.0.0.1:4000
`;

/** The sandbox's secret is fixed, so the printed cursor is valid everywhere. */
const { idSecret } = loadConfig({}, { readFile: () => '', randomSecret: () => '' });

/** Comments go before the request. An empty line would end the document, so it has none. */
const printChapter = ({ name, query, variables }: Chapter): string => {
  const lines = query.split('\n').filter((line) => line !== '');
  const comments = lines.filter((line) => line.startsWith('#'));
  const document = lines.filter((line) => !line.startsWith('#'));
  return [
    `### ${name}`,
    ...comments,
    'POST {{host}}/graphql',
    'Content-Type: application/json',
    'X-REQUEST-TYPE: GraphQL',
    '',
    ...document,
    '',
    JSON.stringify(variables, null, 2),
    '',
  ].join('\n');
};

/** The whole file. */
export const printCollection = (): string => {
  const story = tellStory(sandboxCast(deriveKeys(idSecret).cursors), { inSandbox: true });
  return [preface, ...story.map(printChapter)].join('\n');
};
