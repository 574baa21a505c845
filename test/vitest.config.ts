/** How the tests run, and the coverage that they need. */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const require = createRequire(import.meta.url);
const fully = { statements: 100, branches: 100, functions: 100, lines: 100 };
// Every line. Some branches are fallbacks that types require and no input reaches.
const everyLine = { statements: 98, branches: 93, functions: 100, lines: 100 };
const nearly = { statements: 99, branches: 96, functions: 98, lines: 99 };

/** The command that the example of tests with the sandbox starts. A user has the package, and the sources are here. */
process.env['LEDGER_SANDBOX'] ??= 'node --import tsx src/main.ts sandbox';

/** These tests load the whole machine, so they run alone. */
const loading = [
  'test/abuse/hostile-operations.test.ts',
  'test/main-drain.test.ts',
  'test/main-drain-waits.test.ts',
  'test/main-overload.test.ts',
];
const projects: TestProjectInlineConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'side by side',
      include: ['test/**/*.test.ts'],
      exclude: loading,
      sequence: { groupOrder: 0 },
    },
  },
  {
    extends: true,
    test: { name: 'clients', include: ['clients/**/*.test.ts'], sequence: { groupOrder: 0 } },
  },
  {
    extends: true,
    test: {
      name: 'examples',
      include: ['examples/testing/*.test.ts'],
      globalSetup: ['examples/testing/start-sandbox.ts'],
      sequence: { groupOrder: 0 },
    },
  },
  {
    extends: true,
    test: { name: 'alone', include: loading, maxWorkers: 1, sequence: { groupOrder: 1 } },
  },
];

export default defineConfig({
  // One copy of graphql: Vite would take the package's ES module while Yoga and Pothos, which Node
  // loads, take the CommonJS one, and two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql/index.js') }] },
  test: {
    projects,
    globalSetup: ['.ci/folder-packages.ts', 'test/built-sources.ts'],
    // One for each core. By default vitest reserves a core for itself, also on a machine with two.
    maxWorkers: availableParallelism(),
    // Tests that start the gateway as a process wait for it, on machines that may be busy.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // They run as processes of their own, which V8 in this one cannot watch; `test/main*.test.ts` drives them.
      exclude: ['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'],
      reportsDirectory: 'coverage',
      reporter: ['text', 'html'],
      reportOnFailure: true,
      thresholds: {
        statements: 95,
        branches: 90,
        functions: 95,
        lines: 95,
        // Pure files: what no test reaches there is not needed.
        'src/{config,errors}.ts': fully,
        'src/config/*.ts': fully,
        'src/telemetry/*-line.ts': fully,
        'src/ledger/**/*.ts': everyLine,
        'src/upstream/**/*.ts': nearly,
        'src/upstream/rest/*.ts': fully,
        'src/upstream/http/proxy.ts': fully,
      },
    },
  },
});
