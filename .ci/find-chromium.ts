/** Where the browser is that the tests drive. Pure: the environment and the file system come in. */

/** Debian's, then what other systems call theirs. */
const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
] as const;

/**
 * The path of a Chromium: CHROMIUM_PATH if that is set, else the first of the usual places where one is;
 * `undefined` when there is none.
 */
export const findChromium = (
  env: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string | undefined => {
  const chosen = env['CHROMIUM_PATH'];
  const candidates = chosen === undefined || chosen === '' ? usualPaths : [chosen];
  return candidates.find(exists);
};

/** What to do when there is none. */
export const chromiumMissing =
  'The browser tests need Chromium. Install it (on Debian, as root: apt-get install chromium), or name one with CHROMIUM_PATH.';
