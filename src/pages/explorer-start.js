/**
 * Starts GraphiQL in the browser after its bundle has loaded. The page contains its options as JSON.
 */

/** @type {{ readonly storageName: string, readonly defaultTabs: readonly { readonly variables: string }[] }} */
const { storageName, ...options } = JSON.parse(document.querySelector('#options')?.textContent ?? '');
const storage = createStorage(storageName);

/** @typedef {{ renderYogaGraphiQL: (root: Element | null, options: object) => void }} YogaGraphiQL */
const { YogaGraphiQL } = /** @type {typeof globalThis & { YogaGraphiQL: YogaGraphiQL }} */ (globalThis);
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...options,
  storage,
  fetcher,
  ...openingTab(),
});

/**
 * Options for what the editor shows first. Without them GraphiQL forgets the variables of the first default tab and of
 * a link, and adds an empty tab whenever the page is loaded again. If no open tab has the query in the address, the
 * query comes from a link, and GraphiQL opens a tab for it. This function removes the variables from the address,
 * because GraphiQL updates only the query there while it is edited.
 */
function openingTab() {
  const address = new URL(location.href);
  const linked = address.searchParams.get('query');
  const variables = tidyJson(address.searchParams.get('variables') ?? '');
  const stored = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null');
  address.searchParams.delete('variables');
  history.replaceState({}, '', address);
  if (stored === null && linked !== null) {
    return { defaultTabs: [{ query: linked, variables }, ...options.defaultTabs], variables };
  }
  if (stored === null) return { variables: options.defaultTabs[0]?.variables };
  /** @param {{ readonly query: string | null, readonly variables: string | null }} tab */
  const isOpen = (tab) => tab.query === linked && (variables === '' || tab.variables === variables);
  if (linked !== null && !stored.tabs.some(isOpen)) return { variables };
  address.searchParams.delete('query');
  history.replaceState({}, '', address);
  const active = stored.tabs[stored.activeTabIndex] ?? {};
  return { query: active.query ?? undefined, variables: active.variables ?? undefined };
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
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
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
