/** The house rules that a test can check: which room may import which, and which station may use a package. Pure. */

/** A source file; `path` is relative to the repository, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/**
 * The rooms, and what each may import besides itself and `errors.ts`. A room is a folder; a file of `src/` belongs to
 * the folder of its name. An entry is a room, one file, or with `/*` a whole station. The way of a request is
 * main ─ gateway ─ schema ─ ledger ─ upstream, and a station imports to the right only. `gateway.ts`, the composition
 * root, sees all.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  main: [
    'config',
    'gateway',
    'gateway/http/overload',
    'sandbox',
    'sandbox/endpoint',
    'server',
    'store/redis-link',
    'telemetry',
  ],
  gateway: ['gateway/*', 'pages', 'schema', 'ledger/source', 'upstream', 'store/redis-link', 'telemetry'],
  'gateway/http': [
    'config',
    'ledger/source/receipt',
    'schema/builder',
    'telemetry',
    'upstream/page-request',
    'upstream/signal',
  ],
  'gateway/operation': [
    'gateway/http',
    'schema/selection',
    'schema/size',
    'ledger/source/receipt',
    'telemetry',
  ],
  'gateway/short-way': [
    'gateway/http',
    'gateway/operation',
    'gateway/wiring',
    'schema',
    'schema/size',
    'upstream/page-request',
  ],
  'gateway/wiring': ['gateway/http', 'config', 'schema', 'ledger/*', 'upstream/*', 'store', 'telemetry'],
  pages: ['gateway/http/media-type', 'config', 'schema', 'ledger/arguments/ledger-list', 'ledger/sealing'],
  schema: ['ledger/arguments', 'ledger/list', 'ledger/reading', 'ledger/sealing'],
  'schema/size': ['schema/selection', 'ledger/list/window'],
  ledger: [],
  'ledger/list': ['ledger/small-list', 'upstream/page-request'],
  'ledger/sealing': ['ledger/list/window', 'upstream/page-request'],
  'ledger/arguments': ['ledger/sealing', 'upstream/page-request'],
  'ledger/source': [
    'ledger/small-list',
    'ledger/list/block',
    'ledger/arguments/ledger-list',
    'upstream/page-request',
    'upstream/signal',
  ],
  'ledger/reading': [
    'ledger/small-list',
    'ledger/list',
    'ledger/arguments/ledger-list',
    'ledger/source',
    'upstream/page-request',
    'upstream/rest/refusal',
    'upstream/signal',
  ],
  upstream: ['upstream/rest', 'upstream/budget', 'upstream/http', 'upstream/credentials'],
  'upstream/rest': ['upstream/failure', 'upstream/page-request'],
  'upstream/budget': ['upstream/failure', 'upstream/observe', 'upstream/signal'],
  'upstream/http': [
    'upstream/failure',
    'upstream/budget',
    'upstream/rest',
    'upstream/signal',
    'config/no-proxy',
  ],
  'upstream/credentials': [
    'upstream/page-request',
    'upstream/failure',
    'upstream/observe',
    'upstream/signal',
    'upstream/rest',
    'upstream/budget',
    'upstream/http',
  ],
  store: ['upstream/page-request', 'upstream/budget/call-budget', 'upstream/budget/window-budget'],
  telemetry: ['config/settings', 'ledger/source/receipt', 'upstream/client', 'upstream/observe'],
  'sandbox/wire': [],
  'sandbox/faults': ['sandbox/wire'],
  'sandbox/ledger': ['sandbox/faults', 'sandbox/wire'],
  'sandbox/demo': ['sandbox/ledger', 'sandbox/faults'],
  'sandbox/endpoint': ['sandbox/ledger', 'sandbox/faults', 'sandbox/wire'],
  'sandbox/control': ['sandbox/endpoint', 'sandbox/demo', 'sandbox/ledger', 'sandbox/faults', 'sandbox/wire'],
  sandbox: [
    'sandbox/control',
    'sandbox/endpoint',
    'sandbox/demo',
    'sandbox/ledger',
    'sandbox/faults',
    'sandbox/wire',
  ],
  verify: ['config', 'ledger/list', 'upstream/*'],
  config: [],
  server: [],
  errors: [],
};

/** The stations that may use a package. No station may use a package that is not listed. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  graphql: ['gateway', 'pages', 'schema'],
  'graphql-yoga': ['gateway'],
  '@graphql-yoga/render-graphiql': ['pages'],
  '@pothos/core': ['schema'],
  dataloader: ['ledger'],
  '@noble/ciphers': ['ledger'],
  undici: ['upstream'],
  'lru-cache': ['store', 'gateway'],
  '@redis/client': ['store'],
  'prom-client': ['telemetry'],
  '@opentelemetry/api': ['telemetry'],
  '@opentelemetry/exporter-trace-otlp-proto': ['telemetry'],
  '@opentelemetry/resources': ['telemetry'],
  '@opentelemetry/sdk-trace-base': ['telemetry'],
};

const processUsers = ['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'];
const mostLines = 400;
const vagueNames = /\/(utils?|helpers?|common|shared|misc|index)(\/|\.ts$)/;

/** `src/ledger/list/window.ts` → `ledger/list`; `src/config.ts` and `src/config/setting.ts` → `config`. */
const roomOf = (path: string): string => path.replace(/^src\//, '').replace(/(?<=.)(\/[^/]*|\.ts)$/, '');

/** `src/ledger/list/window.ts` → `ledger`; `src/config.ts` → `config`. */
const stationOf = (path: string): string => path.replace(/^src\//, '').replace(/(\/.*|\.ts)$/, '');

/** Whether an entry of `mayImport` allows a file: as its room, by its own name, or by its station. */
const opens = (entry: string, target: string): boolean =>
  entry === roomOf(target) ||
  `src/${entry}.ts` === target ||
  (entry.endsWith('/*') && stationOf(target) === entry.slice(0, -2));

/** The text without comments, which may name anything. Strings stay, because imports are strings. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

/** Every module that a source imports or re-exports, values and types. */
const importsOf = (text: string): readonly string[] => {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;
  return [...withoutComments(text).matchAll(pattern)].map(([, specifier = '']) => specifier);
};

/** `../errors.ts` seen from `src/ledger/list/window.ts` → `src/errors.ts`. */
const resolvePath = (from: string, specifier: string): string =>
  new URL(specifier, `file:///${from}`).pathname.slice(1);

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const judgeRelative = (path: string, specifier: string): string | undefined => {
  const target = resolvePath(path, specifier);
  if (!target.startsWith('src/')) return `leaves src for ${specifier}`;
  if (!specifier.endsWith('.ts')) return `imports ${specifier} without its ending`;
  const room = roomOf(path);
  if (room === roomOf(target) || target === 'src/errors.ts') return undefined;
  if (mayImport[room]?.some((entry) => opens(entry, target))) return undefined;
  return `imports ${specifier}, against the direction`;
};

const judgePackage = (path: string, specifier: string): string | undefined => {
  if (specifier === 'node:process') return processUsers.includes(path) ? undefined : 'imports node:process';
  if (specifier.startsWith('node:')) return undefined;
  const isHome = packageHomes[packageOf(specifier)]?.includes(stationOf(path));
  return isHome ? undefined : `imports ${specifier}, which belongs to another station`;
};

const judgeImport = (path: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? judgeRelative(path, specifier) : judgePackage(path, specifier);

const isPresent = (finding: string | undefined): finding is string => finding !== undefined;

/** What is wrong with a file of `src/`, by the rules for the product. */
const judgeProduct = ({ path, text }: SourceFile): readonly string[] =>
  [
    ...importsOf(text).map((specifier) => judgeImport(path, specifier)),
    roomOf(path) in mayImport ? undefined : 'is in no known room',
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

// In two halves, so that this file passes.
const suppressions = [
  'biome-' + 'ignore',
  '@ts-' + 'ignore',
  '@ts-' + 'expect-error',
  '@ts-' + 'nocheck',
  'TO' + 'DO',
  'FIX' + 'ME',
];

/** Everything that breaks a rule, as `path: finding`. */
export const judgeSources = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap((file) =>
    [...judgeAny(file), ...(file.path.startsWith('src/') ? judgeProduct(file) : [])].map(
      (finding) => `${file.path}: ${finding}`,
    ),
  );
