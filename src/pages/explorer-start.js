/**
 * Starts GraphiQL in the browser after its bundle has loaded. The page contains its options as JSON.
 */

/** @typedef {{ readonly query: string | null, readonly variables: string | null }} Tab */
/** @typedef {{ readonly tabs: readonly Tab[], readonly activeTabIndex: number }} TabState */

/** @type {{ readonly storageName: string, readonly defaultTabs: readonly Tab[] }} */
const { storageName, ...options } = JSON.parse(document.querySelector('#options')?.textContent ?? '');
const storage = createStorage(storageName);

// The editor gets more than half of the width, so that no line of the story is cut in a window of 1280 pixels.
if (storage.getItem('graphiql:editorFlex') === null) storage.setItem('graphiql:editorFlex', '1.25');

/** @typedef {{ renderYogaGraphiQL: (root: Element | null, options: object) => void }} YogaGraphiQL */
const { YogaGraphiQL } = /** @type {typeof globalThis & { YogaGraphiQL: YogaGraphiQL }} */ (globalThis);
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...options,
  storage,
  fetcher,
  onEditQuery: () => undefined, // Yoga's would write the query into the address. `showLink` does.
  ...openingTab(),
});

if (matchMedia('(max-width: 700px)').matches) wrapLines();

// A link that differs behind `#` alone does not load the page.
addEventListener('hashchange', () => location.reload());

/**
 * Options for what the editor shows first. Without them GraphiQL forgets the variables of the first default tab and of
 * a link, and adds an empty tab whenever the page is loaded again. If no open tab has the query in the address, the
 * query comes from a link, and GraphiQL opens a tab for it.
 */
function openingTab() {
  const { query: linked, variables } = readLink();
  /** @type {TabState | null} */
  const stored = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null');
  if (stored === null && linked !== null) {
    const defaultTabs = [{ query: linked, variables }, ...options.defaultTabs];
    return { defaultTabs, query: linked, variables };
  }
  if (stored === null) return { variables: options.defaultTabs[0]?.variables };
  /** @param {Tab} tab */
  const isOpen = (tab) => tab.query === linked && (variables === '' || tab.variables === variables);
  if (linked !== null && !stored.tabs.some(isOpen)) return { query: linked, variables };
  const active = stored.tabs[stored.activeTabIndex];
  return { query: active?.query ?? undefined, variables: active?.variables ?? undefined };
}

/**
 * Reads the operation of a link, and takes it out of the address. Links of others have it in the query of the address;
 * `showLink` writes it behind `#`.
 */
function readLink() {
  const { pathname, search, hash } = location;
  const inQuery = new URLSearchParams(search);
  const inHash = new URLSearchParams(hash.slice(1));
  /** @param {string} name */
  const read = (name) => inHash.get(name) ?? inQuery.get(name);
  history.replaceState({}, '', pathname);
  return { query: read('query'), variables: tidyJson(read('variables') ?? '') };
}

/**
 * Writes the active tab into the address, so that the address is a link to it, with its variables. They stand behind `#`:
 * browsers do not send that part, so identifiers of customers get into no access log. A tab of the story needs no link.
 * @param {TabState} state
 */
function showLink({ tabs, activeTabIndex }) {
  const { query = null, variables = null } = tabs[activeTabIndex] ?? {};
  const isOfStory = options.defaultTabs.some((tab) => tab.query === query && tab.variables === variables);
  const link = new URLSearchParams({ query: query ?? '', variables: variables ?? '' });
  if (!variables) link.delete('variables');
  history.replaceState({}, '', query && !isOfStory ? `#${link}` : location.pathname);
}

/** @typedef {{ updateOptions: (options: object) => void }} Editor */
/** @typedef {{ getEditors: () => readonly Editor[], onDidCreateEditor: (listener: (editor: Editor) => void) => void }} Editors */

/** Wraps the lines of all editors, as the answer always does. On a phone a third of each line would be out of sight. */
function wrapLines() {
  const { __MONACO: monaco } = /** @type {typeof globalThis & { __MONACO?: { editor: Editors } }} */ (
    globalThis
  );
  // GraphiQL loads its editor, Monaco, a little later than this script.
  if (monaco === undefined) return void requestAnimationFrame(wrapLines);
  /** @param {Editor} editor */
  const wrap = (editor) => editor.updateOptions({ wordWrap: 'on', wrappingIndent: 'same' });
  monaco.editor.getEditors().forEach(wrap);
  monaco.editor.onDidCreateEditor(wrap);
}

/** Scrolls the active tab into sight. GraphiQL opens new tabs at the end of the strip, which can be out of sight. */
function showActiveTab() {
  document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/**
 * Formats JSON as the editor does. Returns any other text unchanged, so that the editor marks it.
 * @param {string} text
 */
function tidyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/**
 * Posts the document exactly as the editor shows it, so that locations of errors match. Leaves out an operation name
 * that the document does not have: right after a change of tab, GraphiQL sends that of the previous tab. With this
 * `Accept` the gateway sends errors with status 200, so that the browser's console does not report them.
 * @param {{ readonly query: string, readonly operationName?: string, readonly variables?: unknown }} operation
 * @param {{ readonly headers?: Readonly<Record<string, string>> }} [tab]
 */
async function fetcher({ query, operationName, variables }, { headers } = {}) {
  const isNamed = new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
  const response = await fetch(location.pathname, {
    method: 'POST',
    // The receipt shows what a query costs. Where receipts are off, the header has no effect.
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json',
      'x-upstream-receipt': '1',
    },
    body: JSON.stringify({ query, variables, ...(isNamed && { operationName }) }),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `Expected JSON, got status ${response.status}: ${text.slice(0, 200)}` }] };
  }
}

/**
 * Storage for GraphiQL with a prefix before every key. Any other GraphiQL at this host and port stores its tabs under
 * the usual keys, and would otherwise show them here.
 * @param {string} name
 */
function createStorage(name) {
  const prefix = `${name}/`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    /** @param {string} key */
    getItem: (key) => localStorage.getItem(prefix + key),
    /**
     * @param {string} key
     * @param {string} value
     */
    setItem: (key, value) => {
      localStorage.setItem(prefix + key, isHistory(key) ? withoutHeaders(value) : value);
      if (key === 'graphiql:tabState') showLink(JSON.parse(value));
      setTimeout(showActiveTab, 100); // GraphiQL writes before it shows a pane, which narrows the strip of tabs.
    },
    /** @param {string} key */
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => {
      for (const key of keys()) localStorage.removeItem(key);
    },
    get length() {
      return keys().length;
    },
  };
}

/** @param {string} key */
function isHistory(key) {
  return key === 'graphiql:queries' || key === 'graphiql:favorites';
}

/**
 * Leaves the headers out of the history, because they can hold credentials.
 * @param {string} value
 */
function withoutHeaders(value) {
  return JSON.stringify(JSON.parse(value), (name, part) => (name === 'headers' ? undefined : part));
}
