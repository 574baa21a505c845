/** `npm run build`: what the package starts, as bundles in `dist/`. */

import { bundle } from './bundle.ts';

await bundle(['src/main.ts', 'src/sandbox/main.ts', 'src/verify/main.ts'], 'src', 'dist');
