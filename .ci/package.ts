/**
 * Makes a folder with the bundles a package of its own, with the command `ledger-balance-gateway`. The bundles hold all that
 * they need, so the package has no dependencies, and `npx` fetches nothing besides.
 */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `package.json` and the licence beside the bundles. */
export function writePackage(folder: string): void {
  const { name, version, description, license, type, engines } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  const manifest = {
    name,
    version,
    private: true, // Nobody has decided to publish it.
    description,
    license,
    type,
    engines,
    bin: { [name]: 'main.js' },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync('LICENSE', join(folder, 'LICENSE'));
}
