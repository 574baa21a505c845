/** Which pages of other origins may read answers in a browser. Pure. */

import { quoted, type Setting } from './setting.ts';

/** CORS_ORIGINS. The value has origins as browsers write them in `Origin`. */
export const corsOrigins: Setting<readonly string[]> = {
  takes: 'origins as browsers send them, such as `https://shop.example`, separated by commas',
  parse: (text) => {
    const origins = text.split(',').map((entry) => entry.trim());
    const wrong = origins.find((origin) => !isOrigin(origin));
    return wrong === undefined ? { value: origins } : { got: quoted(wrong) };
  },
  byDefault: [],
  shownDefault: 'unset: none',
  meaning:
    'Origins whose pages may read answers in a browser (CORS). Each is compared exactly: scheme, host and port, no path and no `*`. `null` is refused, because any page can have that origin. Cookies are never read, so a page can do nothing for its visitor beyond what anyone can do who reaches the gateway. By default only pages of the gateway’s own origin can read it.',
};

/** Whether a text is the origin of an `http:` or `https:` page, in the one spelling that browsers send (RFC 6454, section 6.2). */
const isOrigin = (text: string): boolean =>
  /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
