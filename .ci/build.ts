/** `npm run build`: what the package starts, as bundles in `dist/`, which is the package that `npm run pack` packs. */

import { bundle } from './bundle.ts';
import { writePackage } from './package.ts';

await bundle(['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'], 'src', 'dist');
writePackage('dist');
