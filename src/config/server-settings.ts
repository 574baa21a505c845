/** The settings that bound what clients and readers can make the process hold, as data for the table in `settings.ts`. */

import { integer } from './setting.ts';

const oneGibibyte = 1_073_741_824;

/** Every bound, by the name of its variable. */
export const serverSettings = {
  LOG_BUFFER_BYTES: integer({
    min: 65_536,
    max: oneGibibyte,
    byDefault: 1_048_576,
    meaning:
      'Bytes of log lines that may wait while nobody reads the standard output. Lines beyond it are dropped and counted. About 3000 operations: a reader that restarts loses none.',
  }),
} as const;
