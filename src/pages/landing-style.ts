/**
 * How the landing page looks: light and dark, and one column on a phone.
 */

/** The text of its style element, which the page's policy names by its hash. */
export const landingStyle = `
:root { color-scheme: light dark; --ground: #f6f8f7; --card: #fff; --ink: #14211f; --soft: #52625f; --edge: #dbe4e1; --accent: #0f766e; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1716; --card: #182220; --ink: #e7f0ee; --soft: #9db0ac; --edge: #2a3835; --accent: #5eead4; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: clamp(1.75rem, 7vw, 4rem) 1.25rem 3rem; max-width: 46rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 1rem 0 .5rem; font-size: clamp(2rem, 7vw, 2.75rem); line-height: 1.1; letter-spacing: -.02em; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.125rem; }
header p { margin: 0 0 2rem; max-width: 36rem; color: var(--soft); font-size: 1.125rem; }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .875rem; }
nav a { display: flex; flex-direction: column; gap: .25rem; padding: 1rem 1.125rem; background: var(--card); color: inherit;
  border: 1px solid var(--edge); border-radius: .75rem; text-decoration: none; }
nav a:hover, nav a:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
nav strong { color: var(--accent); font-size: 1.0625rem; }
nav span { color: var(--soft); font-size: .9375rem; line-height: 1.45; }
pre { margin: 0; padding: 1rem 1.125rem; overflow-x: auto; background: var(--card); border: 1px solid var(--edge);
  border-radius: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
main > p { color: var(--soft); font-size: .9375rem; }
`;
