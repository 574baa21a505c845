/**
 * What a process has used, as Linux counts it: CPU time of all its threads, and the most memory it held. Read from
 * outside, so that every server is measured alike and none has to help.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Whether this system tells what a process uses. */
export const canReadUsage = (): boolean => {
  try {
    return cpuMicros(process.pid) > 0;
  } catch {
    return false;
  }
};

/**
 * Microseconds of CPU that all threads of a process have taken since its start. `schedstat` counts in nanoseconds;
 * `stat`, for a kernel without it, in hundredths of a second.
 */
export function cpuMicros(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanos = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanos.reduce((sum, each) => sum + each, 0) / 1000;
  } catch {
    return cpuMicrosByTicks(pid);
  }
}

/** User and system time are the 14th and 15th field; the second is a name in parentheses that may hold spaces. */
function cpuMicrosByTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const microsPerTick = 10_000;
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}

/** MiB that a process held at most, since its start or since `resetPeak`. */
export function peakMiB(pid: number): number {
  const kiB = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kiB ?? Number.NaN) / 1024;
}

/** Begins a new count of the peak. Where the system refuses, the peak is that since the start. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The count goes on.
  }
}
