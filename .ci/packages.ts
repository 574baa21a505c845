/** `npm run packages`: installs what the checks need besides the packages of the root. It takes no time when all is there. */

import { setup } from './folder-packages.ts';

setup();
