/**
 * Bundles programs with all packages that they use: a process that loads one file instead of a thousand starts in half
 * the time. What is imported lazily becomes a file of its own, which loads when it is needed.
 */

import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Scripts for browsers, served as they are: programs read them from beside their own files. */
const browserScripts = ['src/pages/explorer-start.js', 'src/sandbox/control/control-page.js'];

/** Documents that the gateway serves. It reads them from the same paths, beside its own file. */
const documents = ['README.md', 'docs/clients.md', 'docs/errors.md', 'docs/sandbox.md'];

/** Packages of CommonJS call `require`, which a module must make first. */
const requireForPackages =
  "import { createRequire as createRequireForPackages } from 'node:module';" +
  'const require = createRequireForPackages(import.meta.url);';

/** A source map that maps nothing. */
const emptyMap = Buffer.from(
  '{"version":3,"sources":[""],"sourcesContent":[""],"names":[],"mappings":"AAAA"}',
).toString('base64');

/**
 * Leaves packages out of the source map: Node reads all of it as it starts, and theirs is twenty times as long as ours.
 * That took half a second, and 40 MB for as long as the process ran.
 */
const withoutMapsOfPackages: Plugin = {
  name: 'without maps of packages',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${emptyMap}`,
      loader: 'default',
    }));
  },
};

/**
 * Takes packages as modules where they have that form, which esbuild does not do for Node by itself. In the other form each
 * use of a name of graphql's is a call of a getter, and nothing that is unused can be left out: a document that is new then
 * took a fifth more CPU time, and a known one a tenth.
 */
const mainFields = ['module', 'main'];

/** Writes the programs into `folder`, each below it as its source is below `base`. Types are not checked. */
export async function bundle(programs: readonly string[], base: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [...programs],
    outbase: base,
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    mainFields,
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    plugins: [withoutMapsOfPackages],
    legalComments: 'linked',
    banner: { js: requireForPackages },
    logLevel: 'warning',
    metafile: true,
  });
  for (const file of Object.keys(metafile.outputs)) if (file.endsWith('.js')) writeAsAscii(file);
  const places = ['', ...programs.map((program) => relative(base, dirname(program)))];
  for (const place of places) {
    for (const script of browserScripts) copyFileSync(script, join(folder, place, basename(script)));
    for (const document of documents) cpSync(document, join(folder, place, document));
  }
}

/**
 * Escapes what is not ASCII. esbuild leaves it in comments, and V8 then keeps the whole source with two bytes for each
 * character: 4 MB more for as long as the process runs.
 */
function writeAsAscii(file: string): void {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[\u0080-\uffff]/g, escaped));
}
