/**
 * Starts GraphiQL in the browser, once its bundle is there. Its options stand in the page as JSON.
 */
const { storageName, ...options } = JSON.parse(document.querySelector('#options').textContent);
const storage = storageFor(storageName);

globalThis.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...options,
  storage,
  ...openingTab(),
});

/**
 * What the editor shows first. Left alone, GraphiQL forgets the variables of the first default tab, and adds an
 * empty tab whenever the page is loaded again. A query in the address that no open tab has comes from a link,
 * and is left to GraphiQL, which opens a tab for it.
 */
function openingTab() {
  const address = new URL(location.href);
  const linked = address.searchParams.get('query');
  const stored = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null');
  if (stored === null && linked !== null) {
    return { defaultTabs: [{ query: linked }, ...options.defaultTabs], variables: '' };
  }
  if (stored === null) return { variables: options.defaultTabs[0].variables };
  if (linked !== null && !stored.tabs.some(({ query }) => query === linked)) return {};
  address.searchParams.delete('query');
  history.replaceState({}, '', address);
  const { query, variables } = stored.tabs[stored.activeTabIndex] ?? {};
  return { query: query ?? undefined, variables: variables ?? undefined };
}

/**
 * GraphiQL's storage under a name of its own. Every other GraphiQL that was ever opened at this host and port
 * keeps its tabs under the usual names, and would show them here instead of ours.
 */
function storageFor(name) {
  const prefix = `${name}/`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => {
      for (const key of keys()) localStorage.removeItem(key);
    },
    get length() {
      return keys().length;
    },
  };
}
