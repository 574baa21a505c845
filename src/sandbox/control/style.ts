/** How the control page looks: light and dark, and readable on a phone. */

/** The text of its style element, which the page's policy names by its hash. */
export const controlStyle = `
:root { color-scheme: light dark; --ground: #f6f8f7; --card: #fff; --ink: #14211f; --soft: #52625f; --edge: #dbe4e1; --accent: #0f766e; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1716; --card: #182220; --ink: #e7f0ee; --soft: #9db0ac; --edge: #2a3835; --accent: #5eead4; --bad: #fda29b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--ground); color: var(--ink);
  font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: center; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -.02em; }
header p { grid-column: 1 / -1; margin: .25rem 0 1.25rem; }
header button { grid-row: 1; grid-column: 2; }
h2 { margin: 0; font-size: 1.125rem; }
h2 small { color: var(--soft); font-weight: normal; }
p { margin: .25rem 0 1rem; color: var(--soft); }
a { color: var(--accent); }
main { display: grid; grid-template-columns: minmax(0, 4fr) minmax(0, 5fr); gap: 1rem; align-items: start; }
section { padding: 1.125rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; }
section:last-child { grid-column: 1 / -1; }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
button { padding: .45rem .8rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: inherit; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
.quick { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem; margin-bottom: 1rem; }
.quick button { display: flex; flex-direction: column; text-align: left; }
.quick span { color: var(--soft); font-size: .8125rem; line-height: 1.35; }
.copy { padding: .1rem .5rem; font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; text-align: left; }
.copy small { color: var(--soft); font-size: inherit; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
th { color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
#calls td, code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
#faults code { overflow-wrap: anywhere; }
#faults td:last-child { text-align: right; }
#calls td { white-space: nowrap; }
.latest { max-height: 32rem; overflow: auto; }
#calls tbody { font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); font-weight: 600; }
details { margin-top: 1rem; }
summary { color: var(--accent); cursor: pointer; }
#own { display: flex; gap: .5rem; align-items: start; margin: .75rem 0; }
textarea { flex: 1; padding: .5rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--ground);
  color: inherit; font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
ul { margin: 0; padding-left: 1.1rem; color: var(--soft); }
#notice { position: fixed; bottom: 1rem; left: 50%; translate: -50% 0; padding: .5rem 1rem; border-radius: .5rem;
  background: var(--ink); color: var(--ground); }
#notice:empty { display: none; }
`;
