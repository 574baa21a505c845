/** Where the tests look for a browser. */

import { describe, expect, it } from 'vitest';
import { findChromium } from '../../.ci/find-chromium.ts';

const onDisk =
  (...paths: readonly string[]) =>
  (path: string) =>
    paths.includes(path);

describe('findChromium', () => {
  it('takes the one that CHROMIUM_PATH names, and no other', () => {
    const exists = onDisk('/usr/bin/chromium', '/opt/chromium');
    expect(findChromium({ CHROMIUM_PATH: '/opt/chromium' }, exists)).toBe('/opt/chromium');
    expect(findChromium({ CHROMIUM_PATH: '/opt/none' }, exists)).toBeUndefined();
  });

  it('looks in the usual places, Debian’s first', () => {
    const exists = onDisk('/usr/bin/google-chrome', '/usr/bin/chromium');
    expect(findChromium({}, exists)).toBe('/usr/bin/chromium');
    expect(findChromium({ CHROMIUM_PATH: '' }, onDisk('/usr/bin/google-chrome'))).toBe(
      '/usr/bin/google-chrome',
    );
  });

  it('finds none where there is none', () => {
    expect(findChromium({}, onDisk())).toBeUndefined();
  });
});
