/** The house rules that can be read off the sources: who may import whom, who may use what. Pure: sources come in as text. */

/** A source file; `path` is relative to the repository, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/**
 * The stations and what each may import besides itself and `errors.ts`. A request is a straight line, main ─
 * gateway ─ schema ─ ledger ─ upstream, each seeing its right neighbour only; the gateway puts all together.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  main: ['config', 'gateway', 'sandbox', 'server', 'server-connections', 'start-lines', 'telemetry'],
  gateway: ['config', 'schema', 'ledger', 'upstream', 'access', 'store', 'telemetry'],
  schema: ['ledger'],
  ledger: ['upstream'],
  upstream: [],
  access: [],
  store: ['upstream'],
  telemetry: [],
  sandbox: [],
  verify: ['config', 'ledger', 'upstream'],
  config: [],
  server: [
    'server-arrivals',
    'server-connections',
    'server-departures',
    'server-drain',
    'server-pipelining',
    'server-turns',
  ],
  'server-arrivals': ['server-turns'],
  'server-connections': [],
  'server-departures': [],
  'server-drain': [],
  'server-pipelining': [],
  'server-turns': [],
  'start-lines': ['config'],
  errors: [],
};

/** Which stations may use a package. One that is not listed here may be used by nobody: list it where it belongs. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  graphql: ['gateway', 'schema'],
  'graphql-yoga': ['gateway'],
  '@graphql-yoga/render-graphiql': ['gateway'],
  '@pothos/core': ['schema'],
  '@pothos/plugin-relay': ['schema'],
  dataloader: ['ledger'],
  '@noble/ciphers': ['ledger'],
  undici: ['upstream'],
  'lru-cache': ['store', 'gateway'],
  '@redis/client': ['store'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  '@opentelemetry/api': ['telemetry'],
  '@opentelemetry/exporter-trace-otlp-proto': ['telemetry'],
  '@opentelemetry/resources': ['telemetry'],
  '@opentelemetry/sdk-trace-base': ['telemetry'],
};

const processUsers = ['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'];
const mostLines = 249;
const vagueNames = /\/(utils?|helpers?|common|shared|misc|index)(\/|\.ts$)/;

/** `src/ledger/window.ts` → `ledger`; `src/config.ts` → `config`. */
const stationOf = (path: string): string => path.replace(/^src\//, '').replace(/(\/.*|\.ts)$/, '');

/** The text without comments, in which an example may name anything. Strings are kept, imports need them. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

/** Every module that a source imports or re-exports, for its values or its types. */
const importsOf = (text: string): readonly string[] => {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;
  return [...withoutComments(text).matchAll(pattern)].map(([, specifier = '']) => specifier);
};

/** `../errors.ts` seen from `src/ledger/window.ts` → `src/errors.ts`. */
const resolvePath = (from: string, specifier: string): string =>
  new URL(specifier, `file:///${from}`).pathname.slice(1);

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const judgeRelative = (path: string, specifier: string): string | undefined => {
  const target = resolvePath(path, specifier);
  const [from, to] = [stationOf(path), stationOf(target)];
  if (!target.startsWith('src/')) return `leaves src for ${specifier}`;
  if (!specifier.endsWith('.ts')) return `imports ${specifier} without its ending`;
  if (from === to || to === 'errors' || mayImport[from]?.includes(to)) return undefined;
  return `imports ${specifier}, against the direction`;
};

const judgePackage = (path: string, specifier: string): string | undefined => {
  if (specifier === 'node:process') return processUsers.includes(path) ? undefined : 'imports node:process';
  if (specifier.startsWith('node:')) return undefined;
  const isHome = packageHomes[packageOf(specifier)]?.includes(stationOf(path));
  return isHome ? undefined : `imports ${specifier}, which another folder keeps`;
};

const judgeImport = (path: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? judgeRelative(path, specifier) : judgePackage(path, specifier);

const isPresent = (finding: string | undefined): finding is string => finding !== undefined;

/** What is wrong with a file of `src/`, by the rules for the product. */
const judgeProduct = ({ path, text }: SourceFile): readonly string[] =>
  [
    ...importsOf(text).map((specifier) => judgeImport(path, specifier)),
    stationOf(path) in mayImport ? undefined : 'is at no known station',
    /(?<![\w.$])process\b(?!:)/.test(withoutStrings(withoutComments(text))) && !processUsers.includes(path)
      ? 'uses process'
      : undefined,
  ].filter(isPresent);

const withoutStrings = (text: string): string => text.replace(/'[^'\n]*'|"[^"\n]*"/g, "''");

/** What is wrong with any file, by the rules for all. */
const judgeAny = ({ path, text }: SourceFile): readonly string[] =>
  [
    text.split('\n').length - 1 > mostLines ? `has more than ${mostLines} lines` : undefined,
    /^(#!.*\n)?\/\*\*/.test(text) ? undefined : 'does not begin by saying what it is for',
    vagueNames.test(path) ? 'has a name that says nothing' : undefined,
    ...suppressions.filter((mark) => text.includes(mark)).map((mark) => `contains ${mark}`),
  ].filter(isPresent);

// Spelled in two halves, so that this very file passes.
const suppressions = [
  'biome-' + 'ignore',
  '@ts-' + 'ignore',
  '@ts-' + 'expect-error',
  '@ts-' + 'nocheck',
  'TO' + 'DO',
  'FIX' + 'ME',
];

/** Everything that is against the rules, as `path: finding`. */
export const judgeSources = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap((file) =>
    [...judgeAny(file), ...(file.path.startsWith('src/') ? judgeProduct(file) : [])].map(
      (finding) => `${file.path}: ${finding}`,
    ),
  );
