/** Where figures come from: a reader must know, or cannot compare. */

import { arch, cpus, release, totalmem, type } from 'node:os';
import { coresInWords } from './launch.ts';

/** One line each: machine, Node, cores, command, date. */
export function describeRun(command: string, at: Date): readonly string[] {
  const [processor] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return [
    `Machine: ${cpus().length} × ${processor?.model.trim()}, ${gib} GiB, ${type()} ${release()} ${arch()}`,
    `Node: ${process.version}; ${coresInWords}`,
    `Command: \`${command}\``,
    `Date: ${at.toISOString().slice(0, 10)}`,
  ];
}
