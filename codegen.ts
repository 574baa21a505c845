import type { CodegenConfig } from '@graphql-codegen/cli';

/** Prints `schema.graphql` from the code, and typed documents for the operations that the tests use. */
const config: CodegenConfig = {
  schema: './src/schema/schema.ts',
  documents: ['test/**/*.ts', '!test/generated/**'],
  ignoreNoDocuments: true,
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  generates: {
    'schema.graphql': {
      plugins: ['schema-ast'],
      config: { includeDirectives: true, sort: true, includeIntrospectionTypesDefinition: false },
    },
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        scalars: { Decimal: 'string', LocalDateTime: 'string', ID: 'string' },
        defaultScalarType: 'unknown',
        useTypeImports: true,
        enumsAsTypes: true,
      },
    },
  },
};

export default config;
