/** The style of the control page. The page's policy names it by its hash. */

/** Light and dark, and readable on a phone: there a row of a stacked table is a block. */
export const controlStyle = `
:root { color-scheme: light dark; --ground: #f6f8f7; --card: #fff; --ink: #14211f; --soft: #52625f; --edge: #dbe4e1; --accent: #0f766e;
  --on: #d5efe9; --bad: #b42318; --mono: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1716; --card: #182220; --ink: #e7f0ee; --soft: #9db0ac; --edge: #2a3835; --accent: #5eead4;
    --on: #134e48; --bad: #fda29b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 78rem; background: var(--ground); color: var(--ink);
  font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: center; }
header nav, header p { grid-column: 1 / -1; }
header nav { display: flex; gap: 1.25rem; margin-bottom: .5rem; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -.02em; }
header p { margin: .25rem 0 1.25rem; }
h2 { margin: 0; font-size: 1.125rem; }
h2 small { color: var(--soft); font-weight: normal; }
p { margin: .25rem 0 1rem; color: var(--soft); }
a { color: var(--accent); }
main { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 1rem; align-items: start; }
section { padding: 1.125rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; }
section:last-child { grid-column: 1 / -1; }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
button { padding: .45rem .8rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: inherit; cursor: pointer; }
button:hover { border-color: var(--accent); }
button:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button[aria-pressed="true"] { background: var(--on); border-color: var(--accent); }
.quick { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem; margin-bottom: 1rem; }
.quick button { display: flex; flex-direction: column; text-align: left; }
.quick button[aria-pressed="true"] b::after { content: " ● on"; color: var(--accent); }
.quick span { color: var(--soft); font-size: .8125rem; line-height: 1.35; }
.copy { padding: .1rem .5rem; font: var(--mono); overflow-wrap: anywhere; text-align: left; }
.copy small, #calls small { color: var(--soft); font-size: .75rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
th { color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
code, #calls td { font: var(--mono); }
#calls td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
#calls td:not(:nth-child(2)) { white-space: nowrap; overflow-wrap: normal; }
#calls td:nth-child(2) { width: 100%; }
#calls small { display: block; }
#faults code { overflow-wrap: anywhere; }
#faults td { white-space: nowrap; }
#faults button { padding: 0 .6rem; }
#faults td:first-child { width: 100%; white-space: normal; }
.members td:first-child { width: 24rem; }
.members td:last-child { width: 6rem; text-align: right; }
.latest { max-height: 34rem; overflow-y: auto; }
.bad { color: var(--bad); font-weight: 600; }
details { margin-top: 1rem; }
summary { color: var(--accent); cursor: pointer; }
#own { display: flex; gap: .5rem; align-items: start; margin: .75rem 0; }
textarea { flex: 1; min-width: 0; padding: .5rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: var(--mono); }
ul { margin: 0; padding-left: 1.1rem; color: var(--soft); }
#notice { position: fixed; bottom: 1rem; left: 50%; translate: -50% 0; padding: .5rem 1rem; border-radius: .5rem;
  width: max-content; max-width: calc(100vw - 2rem); background: var(--ink); color: var(--ground); white-space: pre-wrap; }
#notice:empty { display: none; }
@media (max-width: 40rem) {
  body { padding: 1rem .75rem 4rem; }
  section { padding: .875rem; }
  .quick { grid-template-columns: 1fr 1fr; }
  .stacked thead { display: none; }
  .stacked tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--edge); }
  .stacked td { display: block; padding: .1rem 0; border: 0; width: auto !important; text-align: left !important; }
  #calls td { display: inline-block; margin-right: 1rem; }
  #calls td:first-child { display: none; }
  #calls td:nth-child(2) { display: block; margin-right: 0; }
  #calls td:nth-child(3)::before { content: "entries "; color: var(--soft); }
}
`;
