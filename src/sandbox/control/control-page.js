/**
 * The control page in the browser: shows faults and calls, and switches faults by the endpoints that curl uses.
 *
 * @import { Call } from '../endpoint/call-log.ts'
 * @import { Fault } from '../faults/faults.ts'
 */

/** @typedef {readonly { readonly fault: Fault, readonly hits: number }[]} Faults */

const shownCalls = 50;
const refreshMs = 1000;

/** @param {string} selector */
function find(selector) {
  const element = document.querySelector(selector);
  if (element === null) throw new Error(`The page has no ${selector}`);
  return element;
}

/**
 * Sends a request and returns the answer's JSON. Shows what was wrong, if anything, and then returns `undefined`.
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function ask(path, init) {
  const response = await fetch(new URL(`_sandbox${path}`, location.href), init).catch(() => undefined);
  if (response === undefined) return notify('The sandbox does not answer: has it been stopped?');
  if (response.status === 204) return undefined;
  const answer = await response.json();
  return response.ok ? answer : notify(answer.error);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let noticeTimer;
/** @param {string} text */
function notify(text) {
  find('#notice').textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    find('#notice').textContent = '';
  }, 4000);
}

/**
 * A row of texts and elements. Text is never read as HTML.
 * @param {(string | Node)[]} cells
 */
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

/**
 * @param {string} text
 * @param {boolean} isBad
 */
function marked(text, isBad) {
  const span = document.createElement('span');
  span.textContent = text;
  span.classList.toggle('bad', isBad);
  return span;
}

/** @param {Faults} faults */
function showFaults(faults) {
  const rows = faults.map(({ fault, hits }, index) => {
    const off = document.createElement('button');
    off.textContent = 'Off';
    off.addEventListener('click', () => switchFaults(faults.filter((_, other) => other !== index)));
    const code = document.createElement('code');
    code.textContent = JSON.stringify(fault);
    return row(code, String(hits), off);
  });
  find('#faults tbody').replaceChildren(...(rows.length > 0 ? rows : [row('None: all is well.', '', '')]));
}

/**
 * Replaces the list of faults. The counts of those that stay start anew.
 * @param {Faults} faults
 */
async function switchFaults(faults) {
  await ask('/faults', { method: 'PUT', body: JSON.stringify(faults.map(({ fault }) => fault)) });
  await refresh();
}

const plainNames = ['identifierName', 'identifierValue', 'source', 'limit', 'offset'];

/** @param {Call} call */
function callRow(call) {
  const { query } = call;
  const filter = Object.entries(query).filter(([name]) => !plainNames.includes(name));
  const answer = call.code === null ? String(call.status ?? '–') : `${call.status} · ${call.code}`;
  const isUnharmed = call.fault === null || call.fault === 'latency';
  const isGood = call.status === 200 && call.outcome === 'answered' && isUnharmed;
  return row(
    String(call.number),
    `${query['identifierName'] ?? ''} ${query['identifierValue'] ?? ''}`,
    query['limit'] ?? '',
    query['offset'] ?? '',
    marked(call.outcome === 'answered' ? answer : `${answer} ${call.outcome}`, !isGood),
    call.fault ?? '',
    call.endedAt === null ? '…' : String(call.endedAt - call.startedAt),
    filter.map((pair) => pair.join('=')).join(' '),
  );
}

/** @param {{ readonly ledger: { readonly count: number, readonly calls: Call[] } }} answer */
function showCalls({ ledger }) {
  find('#count').textContent = String(ledger.count);
  find('#calls tbody').replaceChildren(...ledger.calls.reverse().map(callRow));
}

/** @type {Map<Function, string>} */
const shown = new Map();
/**
 * Leaves a table alone that did not change, so that a button under the pointer stays the same button.
 * @template T
 * @param {T | undefined} answer
 * @param {(answer: T) => void} show
 */
function showIfNew(answer, show) {
  const text = JSON.stringify(answer);
  if (answer === undefined || shown.get(show) === text) return;
  shown.set(show, text);
  show(answer);
}

async function refresh() {
  const [faults, calls] = await Promise.all([ask('/faults'), ask(`/calls?last=${shownCalls}`)]);
  showIfNew(faults, showFaults);
  showIfNew(calls, showCalls);
}

/** @param {string} text */
async function addFault(text) {
  await ask('/faults', { method: 'POST', body: text });
  await refresh();
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text).then(
    () => notify(`Copied: ${text}`),
    () => notify('The browser does not allow copying here.'),
  );
}

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button') : null;
  const { fault, copy: text } = button?.dataset ?? {};
  if (fault) void addFault(fault);
  if (text) void copy(text);
});
find('#own').addEventListener('submit', (event) => {
  event.preventDefault();
  if (event.target instanceof HTMLFormElement) void addFault(String(new FormData(event.target).get('fault')));
});
find('#reset').addEventListener('click', async () => {
  await ask('/reset', { method: 'POST' });
  notify('Faults are off, and the calls are forgotten.');
  await refresh();
});

async function keepFresh() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(keepFresh, refreshMs);
}
void keepFresh();
