import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the operations in these files. */
const typedDocuments = (documents: string[], decimal: string): CodegenConfig['generates'][string] => ({
  documents,
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  config: {
    strictScalars: true,
    scalars: { Decimal: decimal, LocalDateTime: 'string', ID: 'string' },
    useTypeImports: true,
  },
});

/** Prints `schema.graphql` from the code, and typed documents for the operations of the tests, of the clients to copy and of the example. */
const config: CodegenConfig = {
  schema: './src/schema/schema.ts',
  ignoreNoDocuments: true,
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  generates: {
    'schema.graphql': {
      plugins: ['schema-ast'],
      config: { includeDirectives: true, sort: true, includeIntrospectionTypesDefinition: false },
    },
    'test/generated/': typedDocuments(['test/**/*.ts', '!test/generated/**'], 'string'),
    'clients/gql/': typedDocuments(
      ['clients/*.ts', 'clients/!(node_modules|gql|test)/**/*.ts'],
      '`${number}`',
    ),
    'examples/web/src/generated/': typedDocuments(['examples/web/src/*.ts'], '`${number}`'),
  },
};

export default config;
