/** Makes the supergraph of Hive Gateway from the endpoint's OpenAPI file. Read by `mesh-compose`. */

import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

/** The endpoint is given when the gateway starts; this one is never called. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('ledger', {
        source: './peers/ledger.openapi.json',
        endpoint: 'http://127.0.0.1',
      }),
    },
  ],
});
