/**
 * The control page in the browser: shows faults and calls as they are now, and switches them by the same
 * endpoints that curl uses.
 */

const at = (path) => new URL(`_sandbox${path}`, location.href);
const shownCalls = 50;
const find = (selector) => document.querySelector(selector);
const refreshMs = 1000;

/** Asks, and shows what was wrong, if anything. Undefined: there was no answer to show. */
async function ask(path, init) {
  const response = await fetch(at(path), init).catch(() => undefined);
  if (response === undefined) return tell('The sandbox does not answer: has it been stopped?');
  if (response.status === 204) return undefined;
  const answer = await response.json();
  return response.ok ? answer : tell(answer.error);
}

let silence;
function tell(text) {
  find('#notice').textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => {
    find('#notice').textContent = '';
  }, 4000);
}

/** A row of texts and elements; text is never read as HTML. */
function row(...cells) {
  const tr = document.createElement('tr');
  tr.append(
    ...cells.map((cell) => {
      const td = document.createElement('td');
      td.append(cell);
      return td;
    }),
  );
  return tr;
}

function marked(text, isBad) {
  const span = document.createElement('span');
  span.textContent = text;
  span.classList.toggle('bad', isBad);
  return span;
}

function showFaults(faults) {
  const rows = faults.map(({ fault, hits }, place) => {
    const off = document.createElement('button');
    off.textContent = 'Off';
    off.addEventListener('click', () => switchFaults(faults.filter((_, other) => other !== place)));
    const code = document.createElement('code');
    code.textContent = JSON.stringify(fault);
    return row(code, String(hits), off);
  });
  find('#faults tbody').replaceChildren(...(rows.length > 0 ? rows : [row('None: all is well.', '', '')]));
}

/** Replaces what is switched on, and so starts the counting of those that stay anew. */
async function switchFaults(faults) {
  await ask('/faults', { method: 'PUT', body: JSON.stringify(faults.map(({ fault }) => fault)) });
  await refresh();
}

const plainNames = ['identifierName', 'identifierValue', 'source', 'limit', 'offset'];

function callRow(call) {
  const { query } = call;
  const filter = Object.entries(query).filter(([name]) => !plainNames.includes(name));
  const answer = call.code === null ? String(call.status ?? '–') : `${call.status} · ${call.code}`;
  const isUnharmed = call.fault === null || call.fault === 'latency';
  const isGood = call.status === 200 && call.outcome === 'answered' && isUnharmed;
  return row(
    String(call.number),
    `${query.identifierName ?? ''} ${query.identifierValue ?? ''}`,
    query.limit ?? '',
    query.offset ?? '',
    marked(call.outcome === 'answered' ? answer : `${answer} ${call.outcome}`, !isGood),
    call.fault ?? '',
    call.endedAt === null ? '…' : String(call.endedAt - call.startedAt),
    filter.map((pair) => pair.join('=')).join(' '),
  );
}

function showCalls({ ledger }) {
  find('#count').textContent = String(ledger.count);
  find('#calls tbody').replaceChildren(...ledger.calls.reverse().map(callRow));
}

/** Tables that did not change are left alone, so that a button under the pointer stays the same button. */
const shown = new Map();
function showIfNew(name, answer, show) {
  const text = JSON.stringify(answer);
  if (answer === undefined || shown.get(name) === text) return;
  shown.set(name, text);
  show(answer);
}

async function refresh() {
  const [faults, calls] = await Promise.all([ask('/faults'), ask(`/calls?last=${shownCalls}`)]);
  showIfNew('faults', faults, showFaults);
  showIfNew('calls', calls, showCalls);
}

async function addFault(text) {
  await ask('/faults', { method: 'POST', body: text });
  await refresh();
}

async function copy(text) {
  await navigator.clipboard.writeText(text).then(
    () => tell(`Copied: ${text}`),
    () => tell('The browser does not allow copying here.'),
  );
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button?.dataset.fault) void addFault(button.dataset.fault);
  if (button?.dataset.copy) void copy(button.dataset.copy);
});
find('#own').addEventListener('submit', (event) => {
  event.preventDefault();
  void addFault(new FormData(event.target).get('fault'));
});
find('#reset').addEventListener('click', async () => {
  await ask('/reset', { method: 'POST' });
  tell('Faults are off, and the calls are forgotten.');
  await refresh();
});

async function keepFresh() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(keepFresh, refreshMs);
}
void keepFresh();
