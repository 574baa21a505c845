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
  return response.ok ? answer : notify(answer.error, 15_000); // Some list all that is known.
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let noticeTimer;
/**
 * @param {string} text
 * @param {number} [shownMs]
 */
function notify(text, shownMs = 4000) {
  find('#notice').textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    find('#notice').textContent = '';
  }, shownMs);
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

/** @param {Faults[number]} armed */
const isSpent = ({ fault, hits }) => fault.times !== undefined && hits >= fault.times;

/** @param {Faults} faults */
function showFaults(faults) {
  const rows = faults.map((armed) => {
    const { fault, hits } = armed;
    const off = document.createElement('button');
    off.textContent = 'Off';
    off.addEventListener('click', () => inTurn(() => removeFault(JSON.stringify(fault))));
    const code = document.createElement('code');
    code.textContent = JSON.stringify(fault, null, 1).replaceAll(/\n\s*/g, ' '); // Spaces let lines break.
    return row(code, isSpent(armed) ? `${hits}, spent` : String(hits), off);
  });
  find('#faults tbody').replaceChildren(...(rows.length > 0 ? rows : [row('None: all is well.', '', '')]));
  const on = faults.filter((armed) => !isSpent(armed)).map(({ fault }) => JSON.stringify(fault));
  for (const button of document.querySelectorAll('button[data-fault]')) {
    const text = button.getAttribute('data-fault') ?? '';
    button.setAttribute('aria-pressed', String(on.includes(text)));
  }
}

/** The schema's names of the arguments, by the endpoint's names of its parameters. @type {Record<string, string>} */
const argumentNames = {
  pointCategoryType: 'categoryType',
  alternateCurrencyNames: 'currencies',
  includeAlternateCurrencies: 'includeAllCurrencies',
};
/** @type {Record<string, string>} */
const identifierNames = {
  mobile: 'MOBILE',
  email: 'EMAIL',
  externalId: 'EXTERNAL_ID',
  cardnumber: 'CARD_NUMBER',
  cardExternalId: 'CARD_EXTERNAL_ID',
  id: 'ID',
};
const namedElsewhere = ['identifierName', 'identifierValue', 'source', 'accountId', 'limit', 'offset'];

/** @param {Call} call */
function callRow(call) {
  return row(
    String(call.number),
    questionOf(call.query),
    entriesOf(call.query),
    answerOf(call),
    call.endedAt === null ? '…' : `${call.endedAt - call.startedAt} ms`,
  );
}

/** The identifier between its kind and the other arguments. @param {Call['query']} query */
function questionOf(query) {
  const { identifierName = '', identifierValue = '', source = '', accountId = '' } = query;
  const kind = document.createElement('small');
  const channel = [source === 'INSTORE' ? '' : source, accountId].filter((part) => part !== '');
  kind.textContent = [identifierNames[identifierName] ?? identifierName, ...channel].join(' · ');
  const others = document.createElement('small');
  others.textContent = Object.entries(query)
    // The gateway sends `false` with the names of currencies; nobody asked for it.
    .filter(([name, value]) => !namedElsewhere.includes(name) && value !== 'false')
    .map(([name, value]) => `${argumentNames[name] ?? name}: ${value}`)
    .join(', ');
  const cell = document.createElement('span');
  cell.append(kind, identifierValue, others);
  return cell;
}

/** The entries that a call asks for, counted from 1: the endpoint's `offset` is a page number. @param {Call['query']} query */
function entriesOf({ limit = '10', offset = '0' }) {
  const first = Number(offset) * Number(limit) + 1;
  return `${first}–${first + Number(limit) - 1}`;
}

/** @param {Call} call */
function answerOf({ status, code, outcome, fault }) {
  const isUnharmed = fault === null || fault === 'latency';
  const isGood = status === 200 && outcome === 'answered' && isUnharmed;
  const parts = [status ?? '–', code, outcome === 'answered' ? null : outcome, fault];
  return marked(parts.filter((part) => part !== null).join(' · '), !isGood);
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

/** @type {Promise<unknown>} */
let lastChange = Promise.resolve();
/**
 * Makes a change after all earlier ones, so that the second of two quick clicks sees what the first one did.
 * @param {() => Promise<unknown>} change
 */
function inTurn(change) {
  lastChange = lastChange.then(change).then(refresh);
}

/** @param {string} text */
const addFault = (text) => ask('/faults', { method: 'POST', body: text });

/** @param {string} text */
const removeFault = (text) => ask(`/faults?${new URLSearchParams({ fault: text })}`, { method: 'DELETE' });

/**
 * Switches a fault on, or off if it is on. A spent fault is switched on anew.
 * @param {string} text
 */
async function toggleFault(text) {
  /** @type {Faults} */
  const faults = (await ask('/faults')) ?? [];
  const same = faults.filter(({ fault }) => JSON.stringify(fault) === text);
  if (same.length > 0) await removeFault(text);
  if (same.every(isSpent)) await addFault(text);
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text).then(
    () => notify(`Copied:\n${text}`),
    () => notify('The browser does not allow copying here.'),
  );
}

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button') : null;
  const { fault, copy: text } = button?.dataset ?? {};
  if (fault) inTurn(() => toggleFault(fault));
  if (text) void copy(text);
});
find('#own').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!(event.target instanceof HTMLFormElement)) return;
  const text = String(new FormData(event.target).get('fault'));
  inTurn(() => addFault(text));
});
find('#reset').addEventListener('click', () =>
  inTurn(async () => {
    await ask('/reset', { method: 'POST' });
    notify('Everything is as at the start: faults are off, calls are forgotten.');
  }),
);

async function keepFresh() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(keepFresh, refreshMs);
}
void keepFresh();
