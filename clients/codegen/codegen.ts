/** GraphQL Code Generator for a front end: copy this file beside `schema.graphql`. For the client preset 6. */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: 'src/**/*.{ts,tsx}',
  ignoreNoDocuments: true,
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { persistedDocuments: true },
      config: {
        strictScalars: true,
        scalars: { Decimal: '`${number}`', LocalDateTime: 'string', ID: 'string' },
        enumType: 'const',
        namingConvention: { enumValues: 'keep' },
        useTypeImports: true,
      },
    },
  },
};

export default config;
